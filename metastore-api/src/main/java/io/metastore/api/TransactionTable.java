package io.metastore.api;

import java.util.Optional;

/**
 * A table inside a transaction or a command: reads see the transaction's own writes, writes take effect when it commits. Used only by the
 * thread that runs the body, and only while it runs; afterwards it throws {@link IllegalStateException}.
 *
 * <p>Empty keys and what exceeds {@link Limits} is refused with {@link LimitExceededException} at once. See {@link Entry} for what versions
 * and revisions of the transaction's own writes are. In a transaction, whatever is read must be unchanged when it commits: a key with its
 * absence, a range as far as it was read, the answers of {@link #putIfAbsent} and {@link #remove} too. {@link #put} reads nothing.
 *
 * @param <K> key type
 * @param <V> value type
 */
public interface TransactionTable<K, V> {

    /** The value of the key; empty when it is absent. */
    Optional<V> get(K key);

    /** The value of the key with its version and revisions; empty when it is absent. */
    Optional<Entry<K, V>> getEntry(K key);

    /** Whether the key is there. */
    boolean contains(K key);

    /** Writes the key, whatever it held. */
    void put(K key, V value);

    /** Writes the key when it is absent; says whether it did. */
    boolean putIfAbsent(K key, V value);

    /** Removes the key; says whether it was there. */
    boolean remove(K key);

    /**
     * Removes every key of the range, up to its limit, and says how many there were.
     *
     * @throws LimitExceededException there are more than {@link Limits#removeRangeEntriesMax()}
     */
    long removeRange(Range<K> range);

    /**
     * The entries of a range, the transaction's own writes among them.
     *
     * @throws LimitExceededException the range has no limit of its own and holds more than {@link Limits#scanEntriesMax()} entries
     */
    Page<K, V> scan(Range<K> range);

    /** How many entries the range holds, at most its limit. */
    long count(Range<K> range);
}
