/**
 * A journal and a state for people to read: entries taken apart into transactions, changes, tables, keys and values. Entry types: {@link
 * io.metastore.recovery.inspect.JournalInspector} and {@link io.metastore.recovery.inspect.StateInspector}.
 *
 * <p>What is read is not changed. The records are immutable, callable from any thread; a stream is for one. Must not depend on Ratis, RocksDB or protobuf.
 */
@NullMarked
package io.metastore.recovery.inspect;

import org.jspecify.annotations.NullMarked;
