package io.metastore.snapshot.image;

/** Keeps an image from being deleted while it is read or sent; from {@link ImageStore#reserve}. */
public interface ImageReservation extends AutoCloseable {

    PersistedImage image();

    /** Lets go. Idempotent; an image that retention has given up meanwhile is deleted at the next retention. */
    @Override
    void close();
}
