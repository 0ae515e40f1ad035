package io.metastore.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives every test method of a class a cluster of its own: a parameter of type {@link TestCluster}, or of type {@link io.metastore.api.MetaStore} for
 * the leader's store, of the method, of {@code @BeforeEach} or of the constructor. Closed after the test; its directories are deleted when the test
 * passed, and printed together with the status table and the seed when it failed. When it does not start, its directories are kept too.
 *
 * <p>Asked for by {@code @BeforeAll}, or by the constructor of a class with {@code PER_CLASS} lifecycle, one cluster serves all tests of the class and
 * is closed after them.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(MetaStoreExtension.class)
public @interface MetaStoreTest {

    /** Members with a vote, at least 1. */
    int voters() default 3;

    /** Members without. */
    int observers() default 0;

    /** How members talk. */
    Links links() default Links.SIMULATED;

    /** Decides what is random in the links; 0 draws one, which is printed when the test fails. */
    long seed() default 0;

    /** Whether every transaction body runs once in vain before it runs in earnest, so that side effects show. */
    boolean rerunClosures() default false;

    /** How members talk; in both cases links break on command, {@link TestCluster#network}. */
    enum Links {
        /** Inside the JVM. */
        SIMULATED,
        /** Over gRPC on loopback addresses of their own. A fault strikes a message before it reaches a socket. */
        GRPC
    }
}
