package io.metastore.test;

import io.metastore.api.MetaStore;
import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts a cluster when a test asks for one and puts it away afterwards. Used through {@link MetaStoreTest}. */
public final class MetaStoreExtension implements ParameterResolver, AfterEachCallback {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(MetaStoreExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestCluster.class || type == MetaStore.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestCluster cluster = context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(TestCluster.class, key -> start(context), TestCluster.class);
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
        TestCluster cluster = context.getStore(NAMESPACE).remove(TestCluster.class, TestCluster.class);
        if (cluster == null) {
            return;
        }
        if (context.getExecutionException().isPresent()) {
            context.publishReportEntry("cluster", cluster.describe());
            System.err.println("test failed: " + context.getDisplayName() + "\n" + cluster.describe());
            cluster.keepDirectories();
        }
        cluster.close();
    }
}
