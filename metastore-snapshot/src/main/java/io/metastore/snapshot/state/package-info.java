/**
 * The state that journal entries are applied to: interpretation, sessions, table registry, fingerprint, feed, over RocksDB. Entry type: {@link
 * io.metastore.snapshot.state.MetaState}; the records are in docs/state-format.md.
 *
 * <p>Threads: applying is done by one thread, and what it owns says so; reads and views are for any. Interpretation is a pure function of the state and
 * the entry over {@link io.metastore.snapshot.state.RecordSource}: no clock, no random, no RocksDB type, which stays in {@code internal.rocksdb}. Must not
 * depend on the files or on anything of Raft but positions.
 */
@NullMarked
package io.metastore.snapshot.state;

import org.jspecify.annotations.NullMarked;
