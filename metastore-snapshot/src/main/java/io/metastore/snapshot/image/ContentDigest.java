package io.metastore.snapshot.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names the bytes of an image. Two members make an image of one position from different files; one that was received has the very files of its sender. Equal
 * digests mean that what was begun with one of them can be finished with the other.
 */
public final class ContentDigest {

    /** Length of {@link #bytesOf}. */
    public static final int BYTES = 32;

    private static final Provenance ANY = new Provenance(Provenance.Kind.CHECKPOINT, "");

    private ContentDigest() {}

    /** SHA-256 of the manifest, leaving out how the image came to be where it is. */
    public static byte[] bytesOf(ImageManifest manifest) {
        return sha256().digest(ManifestCodec.encode(manifest.withProvenance(ANY)));
    }

    /** The same as 64 hexadecimal digits. */
    public static String of(ImageManifest manifest) {
        return HexFormat.of().formatHex(bytesOf(manifest));
    }

    /** Whether both describe the same bytes. */
    static boolean same(ImageManifest one, ImageManifest other) {
        return one.withProvenance(ANY).equals(other.withProvenance(ANY));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
