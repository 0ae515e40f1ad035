package io.metastore.api;

/**
 * A record of a table, as it is in the state that was read.
 *
 * <p>Inside a transaction or a command, an entry that the body itself has written is not committed yet: its version counts on from the
 * state the body sees, and may come out higher when the body has not read the key and another transaction writes it first.
 *
 * @param key the key
 * @param value the value
 * @param version how often the key was written since it was last created, from 1; begins at 1 again after a removal, so compare it with
 *     {@code createRevision} when a key may have been removed and created meanwhile
 * @param createRevision number of the revision that created it; 0 inside the transaction that creates it
 * @param modRevision number of the revision that last wrote it; 0 inside the transaction that writes it
 */
public record Entry<K, V>(K key, V value, long version, long createRevision, long modRevision) {}
