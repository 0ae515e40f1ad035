package io.metastore.snapshot.image;

import java.util.regex.Pattern;

/**
 * One file of an image as its manifest describes it.
 *
 * @param name within the image's directory: letters, digits, {@code . _ -}, nothing that leads elsewhere
 * @param bytes its length
 * @param sha256 of its bytes, 64 hexadecimal digits in lower case
 */
public record ImageFile(String name, long bytes, String sha256) {

    /** How the names of files end that RocksDB never changes once they are written. */
    static final String IMMUTABLE = ".sst";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    public ImageFile {
        if (!NAME.matcher(name).matches() || name.equals(ImageManifest.FILE)) {
            throw new IllegalArgumentException("not the name of a file in an image: name='" + name + "'");
        }
        if (bytes < 0 || !SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "invalid description of a file: name=" + name + " bytes=" + bytes + " sha256=" + sha256);
        }
    }

    /** Whether RocksDB never changes it once it is written, so that it may be shared through hard links. */
    public boolean isImmutable() {
        return name.endsWith(IMMUTABLE);
    }
}
