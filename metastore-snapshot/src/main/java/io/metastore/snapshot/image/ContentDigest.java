package io.metastore.snapshot.image;

/**
 * Names the bytes of an image. Two members make an image of one position from different files; one that was received has the very files of its sender. Equal
 * digests mean that what was begun with one of them can be finished with the other.
 */
public final class ContentDigest {

    /** Length of a digest, where it is not written as text. */
    public static final int BYTES = 32;

    private static final Provenance ANY = new Provenance(Provenance.Kind.CHECKPOINT, "");

    private ContentDigest() {}

    /** SHA-256 of the manifest, leaving out how the image came to be where it is; 64 hexadecimal digits. */
    public static String of(ImageManifest manifest) {
        byte[] bytes = ManifestCodec.encode(manifest.withProvenance(ANY));
        Sha256 sha256 = new Sha256();
        sha256.update(bytes, bytes.length);
        return sha256.hex();
    }

    /** Whether both describe the same bytes. */
    static boolean same(ImageManifest one, ImageManifest other) {
        return one.withProvenance(ANY).equals(other.withProvenance(ANY));
    }
}
