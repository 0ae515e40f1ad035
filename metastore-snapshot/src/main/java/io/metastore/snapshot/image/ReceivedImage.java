package io.metastore.snapshot.image;

import java.util.List;

/**
 * An image that is being received, in {@code image.receiving/}. Survives a crash: what was written is looked at again and resumed. Used by one thread.
 */
public final class ReceivedImage {

    /** What is still to come of a file: everything from {@code offset} on. */
    public record Missing(ImageFile file, long offset) {}

    /** In the order in which it is to be fetched; empty when everything is there. */
    public List<Missing> missing() {
        throw new UnsupportedOperationException("skeleton");
    }

    /**
     * Takes the next bytes of a file.
     *
     * @throws io.metastore.api.CorruptStateException the manifest has no such file, or the bytes are not the next ones, or too many; nothing was written
     */
    public void write(String name, long offset, byte[] bytes) {
        throw new UnsupportedOperationException("skeleton: " + name + offset + bytes.length);
    }

    /**
     * Verifies everything that was received and publishes it: sizes and digests, then the state in it, opened in isolation, by position and fingerprint.
     *
     * @param sender named in its provenance
     * @throws io.metastore.api.CorruptStateException a file is not what the manifest says; it was deleted and is {@link #missing} again
     */
    public PersistedImage complete(String sender) {
        throw new UnsupportedOperationException("skeleton: " + sender);
    }
}
