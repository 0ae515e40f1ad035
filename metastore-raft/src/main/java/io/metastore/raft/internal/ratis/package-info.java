/**
 * The journal engine on Apache Ratis; the only package that knows Ratis types. Names, units and exceptions are translated here, once.
 *
 * <p>Entry type: {@link io.metastore.raft.internal.ratis.RatisEngine}, created from {@link io.metastore.raft.internal.ratis.RatisSettings}, a
 * {@link io.metastore.raft.internal.transport.Transport} and a {@link io.metastore.raft.internal.engine.JournalConsumer}. Raft messages go over
 * that transport through an RPC type of our own with a log appender of our own, so there is no socket here and nothing that exits the JVM.
 *
 * <p>Threads: all threads of one engine are daemons in one thread group; the consumer is called on the apply thread, notifications come on any
 * of them. Does not depend on the node, on RocksDB or on gRPC.
 */
@NullMarked
package io.metastore.raft.internal.ratis;

import org.jspecify.annotations.NullMarked;
