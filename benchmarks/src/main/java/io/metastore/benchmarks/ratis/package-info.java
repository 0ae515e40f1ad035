/**
 * Plain Apache Ratis: one log entry per put, handed to the leader in process, gRPC between the members, a hash map as the
 * state machine. What this library would be without its own batching, transport and storage. Entry type: {@link
 * io.metastore.benchmarks.ratis.RatisDriver}; called on the threads of the workload. Must not use this library.
 */
@NullMarked
package io.metastore.benchmarks.ratis;

import org.jspecify.annotations.NullMarked;
