package io.metastore.snapshot.image;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Which images are reserved, and how often. */
final class ImageReservations {

    /** By index. Guarded by {@link #names}. */
    private final Map<Long, Integer> pins = new HashMap<>();

    private final Object names;

    /** @param names held by whoever changes published names, and by whoever calls anything here */
    ImageReservations(Object names) {
        this.names = names;
    }

    boolean contains(long index) {
        return pins.containsKey(index);
    }

    Set<Long> indexes() {
        return Set.copyOf(pins.keySet());
    }

    /** Holds until it is closed, on any thread. */
    ImageReservation add(PersistedImage image) {
        pins.merge(image.index(), 1, Integer::sum);
        return new Reservation(image);
    }

    private final class Reservation implements ImageReservation {

        private final PersistedImage image;
        private final AtomicBoolean closed = new AtomicBoolean();

        Reservation(PersistedImage image) {
            this.image = image;
        }

        @Override
        public PersistedImage image() {
            return image;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                synchronized (names) {
                    pins.computeIfPresent(image.index(), (index, count) -> count == 1 ? null : count - 1);
                }
            }
        }
    }
}
