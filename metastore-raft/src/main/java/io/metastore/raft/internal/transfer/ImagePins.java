package io.metastore.raft.internal.transfer;

import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.image.ContentDigest;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageReservation;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PersistedImage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Keeps images from being deleted while they are sent. Receivers ask for one piece after the other and say no farewell, so a pin is let go when nobody has
 * asked for a while. Thread-safe.
 */
final class ImagePins implements AutoCloseable {

    /** How long an image is kept after the last request for it. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private final ImageStore images;
    private final LongSupplier nanoClock;
    /** By index. Guarded by this, like what is in it. */
    private final Map<Long, Pin> pins = new HashMap<>();

    private boolean closed;

    ImagePins(ImageStore images, LongSupplier nanoClock) {
        this.images = images;
        this.nanoClock = nanoClock;
    }

    /**
     * An image in use; to be closed.
     *
     * @throws io.metastore.api.MetastoreException there is none of that index
     */
    synchronized Use use(long index) {
        if (closed) {
            throw new StoreClosedException("images are not sent any more: index=" + index);
        }
        Pin pin = pins.get(index);
        if (pin == null) {
            pin = new Pin(images.reserve(index));
            pins.put(index, pin);
        }
        pin.uses++;
        return new Use(pin);
    }

    /** Lets go what nobody has asked for lately. */
    synchronized void tick() {
        long now = nanoClock.getAsLong();
        pins.values().removeIf(pin -> {
            boolean over = pin.uses == 0 && now - pin.lastNanos >= LEASE.toNanos();
            if (over) {
                pin.reservation.close();
            }
            return over;
        });
    }

    /** How many images are kept now. */
    synchronized int count() {
        return pins.size();
    }

    /** Lets everything go; what is being read at this moment when that is done. */
    @Override
    public synchronized void close() {
        closed = true;
        pins.values().removeIf(pin -> {
            if (pin.uses == 0) {
                pin.reservation.close();
            }
            return pin.uses == 0;
        });
    }

    private static final class Pin {
        private final ImageReservation reservation;
        private final String digest;
        private int uses;
        private long lastNanos;

        Pin(ImageReservation reservation) {
            this.reservation = reservation;
            this.digest = ContentDigest.of(reservation.image().manifest());
        }
    }

    /** From {@link #use} until it is closed the image stays; and for the lease after that. */
    final class Use implements AutoCloseable {
        private final Pin pin;

        private Use(Pin pin) {
            this.pin = pin;
        }

        PersistedImage image() {
            return pin.reservation.image();
        }

        ImageManifest manifest() {
            return image().manifest();
        }

        /** Names its bytes. */
        String digest() {
            return pin.digest;
        }

        @Override
        public void close() {
            synchronized (ImagePins.this) {
                pin.uses--;
                pin.lastNanos = nanoClock.getAsLong();
                if (closed) {
                    ImagePins.this.close();
                }
            }
        }
    }
}
