package io.metastore.api;

import java.util.Optional;

/**
 * Reads and writes of one table, each a transaction of its own. Callable from any thread; every call blocks at most for the store's
 * timeout.
 *
 * <p>Reads are linearizable unless {@link #reading} says otherwise. A write that returned is durable on a majority, and seen by every
 * linearizable read that begins afterwards, at any member. Every method may throw {@link UnavailableException}, {@link
 * DeadlineExceededException}, {@link StoreClosedException} and {@link StoreFailedException}; writes also {@link OutcomeUnknownException},
 * the only one after which the write may have happened, and {@link OverloadedException}.
 *
 * <p>Keys and values are encoded on the calling thread. An empty key, or one larger than {@link Limits#keyBytesMax()}, is refused with
 * {@link LimitExceededException}, also by reads; so is a value larger than {@link Limits#valueBytesMax()}. A value that cannot be encoded,
 * or a stored one that cannot be decoded, is a {@link CodecException}. Called from a transaction body, a command handler or a callback of
 * the store, every method throws {@link ForbiddenThreadException}.
 *
 * @param <K> key type
 * @param <V> value type
 */
public interface Table<K, V> {

    /** What the table was opened with. */
    TableDef<K, V> definition();

    /** The same table with reads of this mode; writes are not affected. This one is unchanged. */
    Table<K, V> reading(ReadMode mode);

    /** The value of the key; empty when it is absent. */
    Optional<V> get(K key);

    /** The value of the key with its version and revisions; empty when it is absent. */
    Optional<Entry<K, V>> getEntry(K key);

    /** Whether the key is there; does not read the value. */
    boolean contains(K key);

    /**
     * Writes the key, whatever it held. Makes a revision also when the value is the same as before.
     *
     * @return the revision it made
     */
    Revision put(K key, V value);

    /** Writes the key only when it is absent; otherwise a {@link CasResult.Conflict} with the version it has. */
    CasResult putIfAbsent(K key, V value);

    /**
     * Writes the key only when it has this version.
     *
     * @param version as seen in {@link Entry#version()}, at least 1
     * @return a {@link CasResult.Conflict} when the key is absent or has another version
     * @throws IllegalArgumentException the version is below 1
     */
    CasResult replace(K key, long version, V value);

    /** Removes the key; makes no revision when it is absent. */
    Removed remove(K key);

    /**
     * Removes the key only when it has this version.
     *
     * @param version as seen in {@link Entry#version()}, at least 1
     * @return a {@link CasResult.Conflict} when the key is absent or has another version
     * @throws IllegalArgumentException the version is below 1
     */
    CasResult remove(K key, long version);

    /**
     * Removes every key of the range in one transaction; a limit of the range is respected, counted in its direction.
     *
     * @throws LimitExceededException it would remove more than {@link Limits#removeRangeEntriesMax()} entries; nothing was removed:
     *     give the range a limit and repeat
     */
    Removed removeRange(Range<K> range);

    /**
     * The entries of a range at one revision, in its direction. With a limit, {@link Page#next()} says where to go on.
     *
     * @throws LimitExceededException the range has no limit of its own and holds more than {@link Limits#scanEntriesMax()} entries
     */
    Page<K, V> scan(Range<K> range);

    /** How many entries the range holds, at most its limit. Reads all their keys, not their values. */
    long count(Range<K> range);
}
