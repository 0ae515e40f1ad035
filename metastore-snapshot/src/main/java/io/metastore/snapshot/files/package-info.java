/**
 * Everything we write ourselves, through one small seam ({@link io.metastore.snapshot.files.FileLayer}): who a directory belongs to,
 * who is a member, which epoch is live. Files appear whole or not at all; the bytes are in docs/directory-format.md. Entry type: {@link
 * io.metastore.snapshot.files.MemberDirectory}.
 *
 * <p>Callable from any thread; changes wait for the disk. No file is touched but through the seam. Must not depend on the state, the journal's
 * codec or RocksDB.
 */
@NullMarked
package io.metastore.snapshot.files;

import org.jspecify.annotations.NullMarked;
