package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a state in a second directory, where RocksDB may open them and write: the table files, which it never changes, are shared through hard links,
 * all others are copied.
 */
public final class StateClone {

    private StateClone() {}

    /**
     * Clones an image, without its manifest. The image must be kept from being deleted meanwhile ({@link ImageReservation}).
     *
     * @param target must not exist, on the same file system; everything in it is durable when this returns, its own name is not
     * @throws IOException part of the target may be there
     */
    public static void of(FileLayer files, PersistedImage image, Path target) throws IOException {
        of(
                files,
                image.directory(),
                image.manifest().files().stream().map(ImageFile::name).toList(),
                target);
    }

    /** Clones files of a directory; see above. */
    static void of(FileLayer files, Path source, List<String> names, Path target) throws IOException {
        files.createDirectory(target);
        for (String name : names) {
            if (name.endsWith(ImageFile.IMMUTABLE)) {
                files.link(source.resolve(name), target.resolve(name));
            } else {
                files.copy(source.resolve(name), target.resolve(name));
            }
        }
        files.forceDirectory(target);
    }
}
