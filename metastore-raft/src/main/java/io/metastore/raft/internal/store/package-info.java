/**
 * What applications hold: tables, transactions, snapshots and commands in their own types, over the node's bytes. Entry type: {@link
 * io.metastore.raft.internal.store.RaftMetaStore}.
 *
 * <p>Runs on the application's threads, or on the node's workers for asynchronous calls; command handlers ({@link
 * io.metastore.raft.internal.store.CommandHandlers}) run on the apply thread. User code is always run in a {@link
 * io.metastore.raft.internal.node.Lane}. Must not depend on the engine, the transport, Ratis or RocksDB.
 */
@NullMarked
package io.metastore.raft.internal.store;

import org.jspecify.annotations.NullMarked;
