package io.metastore.snapshot.image;

import java.nio.file.Path;

/** Bytes of a manifest; the layout is on the page image-format.md. */
public final class ManifestCodec {

    private ManifestCodec() {}

    public static byte[] encode(ImageManifest manifest) {
        throw new UnsupportedOperationException("skeleton: " + manifest);
    }

    /**
     * The manifest in these bytes.
     *
     * @param file named in errors
     * @throws io.metastore.api.CorruptStateException they are damaged, or of a version this build does not read
     */
    public static ImageManifest decode(Path file, byte[] bytes) {
        throw new UnsupportedOperationException("skeleton: " + file + " " + bytes.length);
    }
}
