package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The wording of errors that several classes here make: what, where, expected and found, what to do. */
final class ImageErrors {

    private static final String USE_ANOTHER =
            "; nothing was changed; use another image, a copy of this one, or the image of another member";

    private ImageErrors() {}

    /** A file of an image, in its directory or in an exported file, is not what the manifest says. */
    static CorruptStateException damaged(Path image, String file, Object expected, Object found) {
        return damaged(image, file, expected, found, null);
    }

    static CorruptStateException damaged(
            Path image, String file, Object expected, Object found, @Nullable Throwable cause) {
        return new CorruptStateException(
                "image is damaged: image=" + image + " file=" + file + " expected: " + expected + " found: " + found
                        + USE_ANOTHER,
                cause);
    }

    /** The state in an image is not the one that the manifest describes. */
    static CorruptStateException contradicted(Path image, String what, Object expected, Object found) {
        return new CorruptStateException("image does not hold the state that its manifest describes: image=" + image
                + " " + what + " expected: " + expected + " found: " + found + USE_ANOTHER);
    }

    /**
     * What to throw for an image in which something was found wrong: a member that runs deletes its old images, also beside another process that reads one, and what is
     * missing then is no damage.
     */
    static MetastoreException unlessDeleted(FileLayer layer, Path image, MetastoreException found) {
        try {
            if (layer.kindOfName(image) != Kind.ABSENT) {
                return found;
            }
        } catch (IOException e) {
            found.addSuppressed(e);
            return found;
        }
        return new DirectoryUnusableException(
                "the image was deleted while it was read, which says nothing about it: image=" + image
                        + "; read the newest image of the member",
                found);
    }

    /** Reading or writing failed. */
    static DirectoryUnusableException unusable(String doing, Path path, IOException cause) {
        return new DirectoryUnusableException(
                "files of an image cannot be used: path=" + path + " while=" + doing + " error=" + cause
                        + "; check the disk, its free space and the rights on it, then try again",
                cause);
    }
}
