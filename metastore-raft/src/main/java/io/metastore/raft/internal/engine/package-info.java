/**
 * The replicated journal as the node sees it. Entry types: {@link io.metastore.raft.internal.engine.Engine} below, {@link
 * io.metastore.raft.internal.engine.JournalConsumer} above. Plain types, so that the node can be read without knowing Ratis and the engine can be
 * replaced in place under a living store.
 *
 * <p>Threads: an engine is callable from any; it calls the consumer's {@code apply}, {@code skip}, {@code reload} and {@code flush} on one thread, its
 * notifications on any, perhaps with locks held. Must not depend on Ratis, on the node or on the transport: the API's types only.
 */
@NullMarked
package io.metastore.raft.internal.engine;

import org.jspecify.annotations.NullMarked;
