package io.metastore.test;

import io.metastore.api.MetaStore;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Starts a cluster when a test asks for one and puts it away afterwards. Used through {@link MetaStoreTest}.
 *
 * <p>A cluster belongs to whoever asked first: the test method, its {@code @BeforeEach} and its constructor share one that is closed after the method;
 * one that {@code @BeforeAll} asked for, or the constructor of a class with one instance, serves the whole class and is closed after it. Should
 * neither moment come, because an instance could not be made, JUnit closes what is left with the context it belongs to.
 */
public final class MetaStoreExtension implements ParameterResolver, AfterEachCallback, AfterAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(MetaStoreExtension.class);

    /** So that an instance that is made for one method shares that method's cluster. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestCluster.class || type == MetaStore.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestCluster cluster = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(Held.class, key -> new Held(start(context)), Held.class)
                .cluster;
        if (parameter.getParameter().getType() == TestCluster.class) {
            return cluster;
        }
        return cluster.leader().store();
    }

    private static TestCluster start(ExtensionContext context) {
        MetaStoreTest settings = find(context);
        TestCluster.Builder builder = TestCluster.builder()
                .voters(settings.voters())
                .observers(settings.observers())
                .links(settings.links())
                .rerunClosures(settings.rerunClosures());
        if (settings.seed() != 0) {
            builder.seed(settings.seed());
        }
        return builder.start();
    }

    private static MetaStoreTest find(ExtensionContext context) {
        Optional<MetaStoreTest> found = context.getElement().flatMap(MetaStoreExtension::on);
        for (Class<?> type = context.getRequiredTestClass(); found.isEmpty() && type != null; type = outer(type)) {
            found = on(type);
        }
        return found.orElseThrow(
                () -> new ExtensionConfigurationException("annotate the test class or method with @MetaStoreTest"));
    }

    private static Optional<MetaStoreTest> on(AnnotatedElement element) {
        return AnnotationSupport.findAnnotation(element, MetaStoreTest.class);
    }

    private static @Nullable Class<?> outer(Class<?> type) {
        return type.getEnclosingClass();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        after(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        after(context);
    }

    /** Tells about the cluster that was used, and closes it if it is this context's own. */
    private static void after(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        Held used = store.get(Held.class, Held.class);
        if (used == null) {
            return;
        }
        Held own = store.remove(Held.class, Held.class);
        try {
            if (context.getExecutionException().isPresent()) {
                used.cluster.keepDirectories();
                tell(context, used.cluster.describe());
            }
        } finally {
            if (own != null) {
                own.close();
            }
        }
    }

    private static void tell(ExtensionContext context, String description) {
        System.err.println("test failed: " + context.getDisplayName() + "\n" + description);
        context.publishReportEntry("cluster", description);
    }

    /** A cluster in a context; closed once, whoever comes first. */
    private static final class Held implements AutoCloseable {

        private final TestCluster cluster;
        private final AtomicBoolean closed = new AtomicBoolean();

        Held(TestCluster cluster) {
            this.cluster = cluster;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                cluster.close();
            }
        }
    }
}
