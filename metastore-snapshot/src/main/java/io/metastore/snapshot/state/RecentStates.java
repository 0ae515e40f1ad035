package io.metastore.snapshot.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last few published states by RocksDB's sequence number: says what a snapshot shows without reading it, and without making the apply thread
 * and readers wait for each other. While a checkpoint is made, all are recorded.
 */
final class RecentStates {

    private static final int SIZE = 256;
    /** A snapshot may show a write that is published an instant later. */
    private static final int SPINS = 1_000;

    private final AtomicReferenceArray<Applier.@Nullable Published> ring = new AtomicReferenceArray<>(SIZE);
    /** Counts what was added; the last is at this place, modulo the size. */
    private final AtomicLong added = new AtomicLong();
    /** Set by whoever makes a checkpoint. */
    private volatile @Nullable Recording recording;

    /** Called by the apply thread. */
    void add(Applier.Published published) {
        long next = added.get() + 1;
        ring.set((int) (next % SIZE), published);
        added.set(next);
        Recording now = recording; // After the ring: what is added before the recording begins is found there.
        if (now != null) {
            now.add(published);
        }
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

    /** Begins to record, from the last state on. One at a time. */
    Recording record() {
        Recording begun = new Recording();
        recording = begun;
        begun.first(ring.get((int) (added.get() % SIZE)));
        return begun;
    }

    /** What was published since some moment, as much as is worth its memory. */
    final class Recording implements AutoCloseable {

        /** Some seconds of many small entries. */
        private static final int STATES_MAX = 1 << 17;

        private final List<StateCheckpoint.Moment> moments = new ArrayList<>();
        private Applier.@Nullable Published first;

        private synchronized void first(Applier.@Nullable Published published) {
            first = published;
        }

        private synchronized void add(Applier.Published published) {
            if (moments.size() < STATES_MAX) {
                moments.add(moment(published));
            }
        }

        private static StateCheckpoint.Moment moment(Applier.Published published) {
            return new StateCheckpoint.Moment(published.sequence(), published.state());
        }

        /** Whether the entry that made this write was published. */
        synchronized boolean reaches(long sequence) {
            long last = moments.isEmpty()
                    ? (first == null ? 0 : first.sequence())
                    : moments.get(moments.size() - 1).sequence();
            return last >= sequence || moments.size() == STATES_MAX;
        }

        /** In order, each once. */
        synchronized List<StateCheckpoint.Moment> moments() {
            List<StateCheckpoint.Moment> all = new ArrayList<>(moments.size() + 1);
            if (first != null && (moments.isEmpty() || moments.get(0).sequence() > first.sequence())) {
                all.add(moment(first));
            }
            all.addAll(moments);
            return all;
        }

        /** Stops. */
        @Override
        public void close() {
            recording = null;
        }
    }
}
