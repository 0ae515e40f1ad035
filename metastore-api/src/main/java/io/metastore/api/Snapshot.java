package io.metastore.api;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A consistent state over all tables, given to {@link MetaStore#read}. Valid until the function returns; used after that it throws {@link
 * IllegalStateException}, also through streams that were kept.
 */
public interface Snapshot {

    /**
     * A table in this state; empty when this state does not know it yet.
     *
     * @throws IncompatibleTableException this state knows it with other codecs or in a newer version
     */
    <K, V> SnapshotTable<K, V> in(TableDef<K, V> table);

    /** Which state this is; the same for all tables. */
    Revision revision();

    /**
     * A table in a snapshot. Used by the thread that runs the function.
     *
     * @param <K> key type
     * @param <V> value type
     */
    interface SnapshotTable<K, V> {

        /** The value of the key; empty when it is absent. */
        Optional<V> get(K key);

        /** The value of the key with its version and revisions; empty when it is absent. */
        Optional<Entry<K, V>> getEntry(K key);

        /** Whether the key is there. */
        boolean contains(K key);

        /**
         * The entries of a range.
         *
         * @throws LimitExceededException the range has no limit of its own and holds more than {@link Limits#scanEntriesMax()} entries
         */
        Page<K, V> scan(Range<K> range);

        /**
         * The entries of a range, at most its limit, read as the stream is consumed; memory use does not depend on their number.
         * Sequential. Close it when it is left before its end.
         */
        Stream<Entry<K, V>> stream(Range<K> range);

        /** How many entries the range holds, at most its limit. */
        long count(Range<K> range);
    }
}
