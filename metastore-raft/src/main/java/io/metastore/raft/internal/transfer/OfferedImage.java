package io.metastore.raft.internal.transfer;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.image.ContentDigest;
import io.metastore.snapshot.image.ImageManifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One image a member can send.
 *
 * @param position last journal entry in it
 * @param revision at that position
 * @param bytes of all its files
 * @param fingerprint of its state, 32 hexadecimal digits: the same on every member
 * @param digest of its bytes ({@link ContentDigest}), 64 hexadecimal digits: the same where one was received from the other
 */
record OfferedImage(LogPosition position, long revision, long bytes, String fingerprint, String digest) {

    private static final int FINGERPRINT_BYTES = 16;
    private static final int ENTRY_BYTES = 4 * Long.BYTES + FINGERPRINT_BYTES + ContentDigest.BYTES;

    OfferedImage {
        if (position.index() < 0 || revision < 0 || bytes < 0) {
            throw new IllegalArgumentException(
                    "not an image: position=" + position + " revision=" + revision + " bytes=" + bytes);
        }
    }

    static OfferedImage of(ImageManifest manifest) {
        return new OfferedImage(
                manifest.position(),
                manifest.revision().number(),
                manifest.bytes(),
                manifest.fingerprint(),
                ContentDigest.of(manifest));
    }

    long index() {
        return position.index();
    }

    static byte[] encode(List<OfferedImage> images) {
        HexFormat hex = HexFormat.of();
        ByteBuffer buffer = ByteBuffer.allocate(images.size() * ENTRY_BYTES);
        for (OfferedImage image : images) {
            buffer.putLong(image.position().index())
                    .putLong(image.position().term())
                    .putLong(image.revision())
                    .putLong(image.bytes())
                    .put(hex.parseHex(image.fingerprint()))
                    .put(hex.parseHex(image.digest()));
        }
        return buffer.array();
    }

    /** @throws IllegalArgumentException the bytes are not a list of images */
    static List<OfferedImage> decode(byte[] bytes) {
        if (bytes.length % ENTRY_BYTES != 0) {
            throw new IllegalArgumentException("not a list of images: bytes=" + bytes.length + " each=" + ENTRY_BYTES);
        }
        List<OfferedImage> images = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            long index = buffer.getLong();
            long term = buffer.getLong();
            long revision = buffer.getLong();
            long size = buffer.getLong();
            images.add(new OfferedImage(
                    new LogPosition(term, index),
                    revision,
                    size,
                    hex(buffer, FINGERPRINT_BYTES),
                    hex(buffer, ContentDigest.BYTES)));
        }
        return images;
    }

    private static String hex(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
