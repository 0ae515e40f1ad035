package io.metastore.snapshot.state;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Small records that were read lately, so that reading them again does not leave the JVM. A fixed number of slots; a record has one slot it can be in.
 *
 * <p>Concurrency: read by any thread; {@link #forget} by the apply thread after a record was written and before that is published. A reader puts a
 * record only where nothing has changed since it looked, so one that loaded the old version while it was replaced cannot put it back: the slot it saw
 * has been replaced by {@link #forget}. What a reader gets is the version before or after a write that nobody has been told of yet.
 */
final class RecordCache {

    /** Larger values are not kept, so that memory is bounded by slots times this. */
    private static final int VALUE_BYTES_MAX = 512;

    @SuppressWarnings("ArrayRecordComponent")
    private record Slot(int table, byte[] key, @Nullable StoredRecord record) {}

    private static final byte[] NO_KEY = {};

    private final AtomicReferenceArray<Slot> slots;
    private final int mask;

    /**
     * An empty cache.
     *
     * @param slotCount a power of two
     */
    RecordCache(int slotCount) {
        this.slots = new AtomicReferenceArray<>(slotCount);
        this.mask = slotCount - 1;
        for (int i = 0; i < slotCount; i++) {
            slots.set(i, new Slot(0, NO_KEY, null));
        }
    }

    /** The record from here, or else as loaded. */
    @Nullable
    StoredRecord get(int table, byte[] key, BiFunction<Integer, byte[], @Nullable StoredRecord> load) {
        int place = place(table, key);
        Slot seen = slots.get(place);
        if (seen.record() != null && seen.table() == table && Arrays.equals(seen.key(), key)) {
            return seen.record();
        }
        StoredRecord record = load.apply(table, key);
        if (record != null && record.value().length <= VALUE_BYTES_MAX) {
            slots.compareAndSet(place, seen, new Slot(table, record.key(), record));
        }
        return record;
    }

    /** Whether the record is here. */
    boolean holds(int table, byte[] key) {
        Slot seen = slots.get(place(table, key));
        return seen.record() != null && seen.table() == table && Arrays.equals(seen.key(), key);
    }

    /** The record was written or removed. */
    void forget(byte[] key, int table) {
        slots.set(
                place(table, key),
                new Slot(0, NO_KEY, null)); // A new object: whoever saw the old one cannot replace it.
    }

    private int place(int table, byte[] key) {
        int hash = 31 * Arrays.hashCode(key) + table;
        hash *= 0x9E3779B9;
        return (hash ^ (hash >>> 15)) & mask;
    }
}
