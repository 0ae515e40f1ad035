package io.metastore.snapshot.internal.rocksdb;

/**
 * The column families of a store. The order is the order of creation, which gives each its number in a write batch.
 *
 * <p>They are apart because of how they are written: the memory of each family remembers where it wrote last, and going on from there is several
 * times faster than finding a place anew. Position and sessions in one family would each make the other's place useless.
 */
public enum Family {
    /** Position, registry, sequences. RocksDB insists on a family of this name. */
    SYSTEM("default"),
    /** Table records. */
    DATA("data"),
    /** What changed, by revision. */
    FEED("feed"),
    /** What is remembered of the proposers' batches. */
    SESSIONS("sessions");

    private final String rocksName;

    Family(String rocksName) {
        this.rocksName = rocksName;
    }

    String rocksName() {
        return rocksName;
    }

    /** The number RocksDB gave the family when the store was created; checked when it is opened. */
    @SuppressWarnings("EnumOrdinal")
    int rocksId() {
        return ordinal();
    }
}
