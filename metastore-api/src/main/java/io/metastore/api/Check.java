package io.metastore.api;

/** A condition of a {@link Batch}, checked where the batch is applied, against the state without the batch's own changes. Immutable. */
public sealed interface Check {

    /** The table it looks at. */
    TableDef<?, ?> table();

    /** The key exists. */
    record Exists<K>(TableDef<K, ?> table, K key) implements Check {}

    /** The key does not exist. */
    record Absent<K>(TableDef<K, ?> table, K key) implements Check {}

    /** The key exists with this version. */
    record HasVersion<K>(TableDef<K, ?> table, K key, long version) implements Check {
        public HasVersion {
            if (version < 1) {
                throw new IllegalArgumentException("version must be at least 1; use Check.absent: version=" + version);
            }
        }
    }

    /** Holds when the key is there, whatever its value. */
    static <K> Check exists(TableDef<K, ?> table, K key) {
        return new Exists<>(table, key);
    }

    /** Holds when the key is not there. */
    static <K> Check absent(TableDef<K, ?> table, K key) {
        return new Absent<>(table, key);
    }

    /**
     * Holds when the key is there in this version.
     *
     * @param version as in {@link Entry#version()}, at least 1
     * @throws IllegalArgumentException the version is below 1
     */
    static <K> Check version(TableDef<K, ?> table, K key, long version) {
        return new HasVersion<>(table, key, version);
    }
}
