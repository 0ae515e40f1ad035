/**
 * What applications and their tests name of this module, besides the API: {@link io.metastore.raft.MicrometerMetrics} for {@code
 * MetaStore.Builder.with}, {@link io.metastore.raft.SimulatedNetwork}, {@link io.metastore.raft.RepeatedClosures}, {@link io.metastore.raft.ObservedOperations}, {@link io.metastore.raft.ObservedFiles} and {@link io.metastore.raft.MemberProbe} for tests, {@link io.metastore.raft.RawRecords} for recovery. Entry type of the module:
 * {@link io.metastore.raft.RaftMetaStoreProvider}, found as a service by {@code MetaStore.open}.
 *
 * <p>Everything here is callable from any thread. No type of Ratis, RocksDB or gRPC in a signature; Micrometer in those of its one class only. What is
 * below {@code internal} is not API.
 */
@NullMarked
package io.metastore.raft;

import org.jspecify.annotations.NullMarked;
