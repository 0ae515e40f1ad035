package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a manifest; the layout is on the page image-format.md: a frame with magic, version, length and checksum around a message of image.proto.
 *
 * <p>Pure functions, callable from any thread. One manifest has one encoding: whatever else decodes to it is refused as damage, so that equal manifests are
 * equal bytes.
 */
public final class ManifestCodec {

    /** Raised when a build writes something that the builds before it cannot read. */
    static final int VERSION = 1;
    /** Of an encoded manifest; room for some 80,000 files with the longest names. */
    static final int BYTES_MAX = 16 << 20;

    /** The line feed shows at once when something took the file for text. */
    private static final byte[] MAGIC = "MSIMAGE\n".getBytes(StandardCharsets.US_ASCII);

    private static final int VERSION_AT = MAGIC.length;
    private static final int LENGTH_AT = VERSION_AT + 4;
    static final int BODY_AT = LENGTH_AT + 4;
    static final int CHECKSUM_BYTES = 4;

    private ManifestCodec() {}

    /** The bytes of a manifest, frame included. */
    public static byte[] encode(ImageManifest manifest) {
        byte[] encoded = frame(VERSION, ManifestBody.write(manifest));
        if (encoded.length > BYTES_MAX) {
            throw new IllegalArgumentException("manifest is too large: bytes=" + encoded.length + " max=" + BYTES_MAX
                    + " files=" + manifest.files().size());
        }
        return encoded;
    }

    static byte[] frame(int version, byte[] body) {
        ByteBuffer framed = ByteBuffer.allocate(BODY_AT + body.length + CHECKSUM_BYTES)
                .put(MAGIC)
                .putInt(version)
                .putInt(body.length)
                .put(body);
        return framed.putInt(checksum(framed.array(), framed.position())).array();
    }

    /**
     * The manifest in these bytes.
     *
     * @param file named in errors
     * @throws CorruptStateException they are damaged, or of a version this build does not read
     */
    public static ImageManifest decode(Path file, byte[] bytes) {
        checkFrame(file, bytes);
        ImageManifest manifest;
        try {
            manifest = ManifestBody.read(Arrays.copyOfRange(bytes, BODY_AT, bytes.length - CHECKSUM_BYTES));
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(file, "a manifest of format version " + VERSION, String.valueOf(e.getMessage()), e);
        }
        if (!Arrays.equals(encode(manifest), bytes)) {
            throw damaged(
                    file, "the one encoding of what it says", "another encoding of " + bytes.length + " bytes", null);
        }
        return manifest;
    }

    /** Whether these are the bytes of a manifest as they were written, by this build or another. */
    static boolean isWhole(byte[] bytes) {
        int min = BODY_AT + CHECKSUM_BYTES;
        int checksumAt = bytes.length - CHECKSUM_BYTES;
        return bytes.length >= min
                && Arrays.equals(MAGIC, Arrays.copyOf(bytes, MAGIC.length))
                && ByteBuffer.wrap(bytes).getInt(checksumAt) == checksum(bytes, checksumAt);
    }

    private static void checkFrame(Path file, byte[] bytes) {
        int magicBytes = Math.min(MAGIC.length, bytes.length);
        if (!Arrays.equals(MAGIC, Arrays.copyOf(bytes, magicBytes))) {
            throw damaged(file, "it begins with " + hex(MAGIC), hex(Arrays.copyOf(bytes, magicBytes)), null);
        }
        int min = BODY_AT + CHECKSUM_BYTES;
        if (bytes.length < min || bytes.length > BYTES_MAX) {
            throw damaged(file, "between " + min + " and " + BYTES_MAX + " bytes", bytes.length + " bytes", null);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long expected = (long) min + Integer.toUnsignedLong(in.getInt(LENGTH_AT));
        if (bytes.length != expected) {
            throw damaged(file, expected + " bytes by its own length", bytes.length + " bytes", null);
        }
        int checksumAt = bytes.length - CHECKSUM_BYTES;
        int checksum = checksum(bytes, checksumAt);
        if (in.getInt(checksumAt) != checksum) {
            throw damaged(file, "checksum " + hex(checksum), "checksum " + hex(in.getInt(checksumAt)), null);
        }
        // Behind the checksum: a version that is wrong by a flipped bit is damage, not a newer format.
        int version = in.getInt(VERSION_AT);
        if (version != VERSION) {
            throw new CorruptStateException("manifest of an image has a format version this build does not read: file="
                    + file + " found=" + Integer.toUnsignedString(version) + " supported=" + VERSION
                    + "; nothing was changed; use the build that wrote it, or a newer one");
        }
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static CorruptStateException damaged(Path file, String expected, String found, @Nullable Throwable cause) {
        return new CorruptStateException(
                "manifest of an image is damaged: file=" + file + " expected: " + expected + " found: " + found
                        + "; nothing was changed; use another image, or a copy of this one",
                cause);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String hex(int value) {
        return HexFormat.of().toHexDigits(value);
    }
}
