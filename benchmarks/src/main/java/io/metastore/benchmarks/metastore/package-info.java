/**
 * This library as drivers: three members over the simulated network, over gRPC in one JVM or in three, reads on the leader, a follower or an observer, one
 * member alone, and the disk by itself to hold that one against.
 */
@NullMarked
package io.metastore.benchmarks.metastore;

import org.jspecify.annotations.NullMarked;
