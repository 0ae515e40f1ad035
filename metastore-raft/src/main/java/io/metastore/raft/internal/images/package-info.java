/**
 * The images of a member while it runs: when they are made, what the journal may lose then, what a member starts from, how the state is audited. Entry
 * types: {@link io.metastore.raft.internal.images.Checkpointer}, {@link io.metastore.raft.internal.images.StateStart}.
 *
 * <p>Threads: a checkpointer has one of its own; everything else runs on its caller's. Must not depend on the node above it, on Ratis or on RocksDB: it
 * is given what it needs.
 */
@NullMarked
package io.metastore.raft.internal.images;

import org.jspecify.annotations.NullMarked;
