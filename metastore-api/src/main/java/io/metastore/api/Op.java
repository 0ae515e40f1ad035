package io.metastore.api;

/** A change in a {@link Batch}. Immutable; keys and values are encoded, and refused when too large or empty, when the batch is applied. */
public sealed interface Op {

    /** The table it changes. */
    TableDef<?, ?> table();

    /** Writes a key. */
    record Put<K, V>(TableDef<K, V> table, K key, V value) implements Op {}

    /** Removes a key if it is there. */
    record Remove<K>(TableDef<K, ?> table, K key) implements Op {}

    /** Removes every key of a range; a limit of the range is respected. */
    record RemoveRange<K>(TableDef<K, ?> table, Range<K> range) implements Op {}

    /** Writes the key, whatever it held. */
    static <K, V> Op put(TableDef<K, V> table, K key, V value) {
        return new Put<>(table, key, value);
    }

    /** Removes the key; nothing happens when it is absent. */
    static <K> Op remove(TableDef<K, ?> table, K key) {
        return new Remove<>(table, key);
    }

    /**
     * Removes every key that the range holds where the batch is applied, in the range's direction and up to its limit. The whole batch
     * fails with {@link LimitExceededException} when that are more than {@link Limits#removeRangeEntriesMax()}.
     */
    static <K> Op removeRange(TableDef<K, ?> table, Range<K> range) {
        return new RemoveRange<>(table, range);
    }
}
