/**
 * What a journal entry says, as plain values ({@link io.metastore.snapshot.journal.JournalEntry}), and its bytes. Entry type: {@link
 * io.metastore.snapshot.journal.JournalCodec}; the format is in docs/journal-format.md.
 *
 * <p>Immutable and pure, callable from any thread; no clock, no I/O. Arrays inside are never changed after construction. Must not depend on the state or
 * on files; of protobuf the wire format only, because generated code is tied to one runtime.
 */
@NullMarked
package io.metastore.snapshot.journal;

import org.jspecify.annotations.NullMarked;
