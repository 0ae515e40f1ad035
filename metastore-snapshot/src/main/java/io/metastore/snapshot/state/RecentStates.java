package io.metastore.snapshot.state;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last few published states by RocksDB's sequence number: says what a snapshot shows without reading it, and without making the apply thread
 * and readers wait for each other.
 */
final class RecentStates {

    private static final int SIZE = 256;
    /** A snapshot may show a write that is published an instant later. */
    private static final int SPINS = 1_000;

    private final AtomicReferenceArray<Applier.@Nullable Published> ring = new AtomicReferenceArray<>(SIZE);
    /** Counts what was added; the last is at this place, modulo the size. */
    private final AtomicLong added = new AtomicLong();

    /** Called by the apply thread. */
    void add(Applier.Published published) {
        long next = added.get() + 1;
        ring.set((int) (next % SIZE), published);
        added.set(next);
    }

    /** The state with a sequence number; null when it was too long ago or is not published in time. */
    Applier.@Nullable Published find(long sequence) {
        for (int spin = 0; spin < SPINS; spin++) {
            long last = added.get();
            for (long place = last; place > last - SIZE && place > 0; place--) {
                Applier.Published state = ring.get((int) (place % SIZE));
                if (state == null || state.sequence() == sequence) {
                    return state;
                }
                if (state.sequence() < sequence) {
                    break; // All others are older still.
                }
            }
            Thread.onSpinWait();
        }
        return null;
    }
}
