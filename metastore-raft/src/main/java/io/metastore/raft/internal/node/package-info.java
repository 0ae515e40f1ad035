/**
 * One member: the proposer that packs transactions, the applier, read barriers, the member service, formation of a new cluster, status. Entry types:
 * {@link io.metastore.raft.internal.node.NodeOpener}, then {@link io.metastore.raft.internal.node.Node}, which is callable from any thread.
 *
 * <p>Threads of a member: {@code <name>-proposer} owns what is sent; the engine's apply thread owns the state; {@code <name>-formation} meets the other
 * members of a new cluster; {@code <name>-housekeeping-1} watches deadlines and liveness; {@code <name>-callbacks-1} runs completions of asynchronous
 * calls; {@code <name>-worker-n} run asynchronous calls that have to wait; What comes from a transport or an engine is answered on its thread and must not block it.
 * No Ratis, RocksDB or gRPC type here, and nothing of the typed store above.
 */
@NullMarked
package io.metastore.raft.internal.node;

import org.jspecify.annotations.NullMarked;
