/**
 * Clusters in one JVM for tests: {@link io.metastore.test.TestCluster}, and on top of it the JUnit 5 extension behind {@link
 * io.metastore.test.MetaStoreTest}. Members use real files and a real journal; only the links between them are simulated, unless gRPC is asked for.
 *
 * <p>Clusters and members are thread-safe, and tests may run in parallel: directories and addresses are never shared. Depends on the API and on {@code
 * io.metastore.raft}, never on what is internal there, so that tests of applications can do the same.
 */
@NullMarked
package io.metastore.test;

import org.jspecify.annotations.NullMarked;
