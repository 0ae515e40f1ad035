/**
 * What a system under test has to offer so that the workloads can drive it: {@link io.metastore.benchmarks.Driver}, found
 * through {@link java.util.ServiceLoader}, opens a {@link io.metastore.benchmarks.Cluster} of three members.
 *
 * <p>A driver package depends on this package and on its own system, never on the workloads, the report or another driver.
 */
@NullMarked
package io.metastore.benchmarks;

import org.jspecify.annotations.NullMarked;
