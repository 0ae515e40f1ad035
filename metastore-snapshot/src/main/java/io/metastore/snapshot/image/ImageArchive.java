package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.ImageVerification.Verified;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An image in one file: a zip file with the manifest as its first entry. The layout is on the page image-format.md.
 *
 * <p>Callable from any thread; one export to a target at a time.
 */
public final class ImageArchive {

    static final String TEMPORARY_SUFFIX = ".exporting";

    private static final String STEP_READ_BACK = "reading the archive back";
    private static final String STEP_VERIFY = "digests in the archive";

    /**
     * What was exported.
     *
     * @param bytes of the archive
     */
    public record Exported(Path file, ImageManifest manifest, long bytes, Duration duration) {}

    private ImageArchive() {}

    /**
     * Writes an image into one file. It has its name, is durable, and was read back as a whole when this returns; until then it is a file beside it, which
     * is deleted when this fails and replaced when the process died.
     *
     * @param image must be kept from being deleted meanwhile ({@link ImageReservation})
     * @param target must not exist; its directory must
     * @throws CorruptStateException the image is damaged; there is no archive
     * @throws DirectoryMismatchException something has that name; it was not touched
     * @throws DirectoryUnusableException the disk refused; there is no archive, or when the message says so, a complete one that may not survive a power loss
     */
    public static Exported export(FileLayer layer, PersistedImage image, Path target, ImageProgress progress) {
        long start = System.nanoTime();
        Path file = target.toAbsolutePath();
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        try {
            checkFree(layer, file);
            prepare(layer, temporary);
            new ArchiveWriter(layer, image, progress).write(temporary);
            layer.force(temporary);
            readBack(layer, temporary, image.manifest(), progress);
            checkFree(layer, file);
            long bytes = layer.size(temporary);
            layer.rename(temporary, file);
            forceName(layer, file);
            return new Exported(file, image.manifest(), bytes, Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            throw discarded(layer, temporary, image, ImageErrors.unusable("export", file, e));
        } catch (CorruptStateException e) {
            throw discarded(layer, temporary, image, e);
        } catch (MetastoreException e) {
            throw discarded(layer, temporary, e);
        }
    }

    /** What the image in an archive is. Reads no further than the manifest, which is sound; nothing else was looked at. */
    public static ImageManifest describe(FileLayer layer, Path archive) {
        try (ArchiveReader reader = ArchiveReader.open(layer, archive)) {
            return reader.manifest();
        }
    }

    /**
     * Reads a whole archive: exactly the entries of its manifest, each with its length and digest. The state in it is not opened; an import does that.
     *
     * @throws CorruptStateException it is damaged, or no archive of an image
     * @throws DirectoryUnusableException it could not be read, which says nothing about it
     */
    public static Verified verify(FileLayer layer, Path archive, ImageProgress progress) {
        long start = System.nanoTime();
        ImageManifest manifest = read(layer, archive, STEP_VERIFY, progress);
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        return new Verified(Depth.FILES, manifest.files().size(), manifest.bytes(), -1, duration);
    }

    private static ImageManifest read(FileLayer layer, Path archive, String step, ImageProgress progress) {
        try (ArchiveReader reader = ArchiveReader.open(layer, archive)) {
            reader.readFiles(ArchiveReader.Sink.NONE, step, progress);
            return reader.manifest();
        } catch (IOException e) {
            throw ImageErrors.unusable("read", archive, e);
        }
    }

    private static void checkFree(FileLayer layer, Path file) throws IOException {
        Kind kind = layer.kindOfName(file);
        if (kind != Kind.ABSENT) {
            throw new DirectoryMismatchException("something has the name of the file to be written: file=" + file
                    + " expected: " + Kind.ABSENT + " found: " + kind + "; it was not touched; choose another name");
        }
    }

    /** What an export that was cut off left behind goes. */
    private static void prepare(FileLayer layer, Path temporary) throws IOException {
        Kind kind = layer.kindOfName(temporary);
        if (kind == Kind.FILE) {
            layer.delete(temporary);
        } else {
            checkFree(layer, temporary);
        }
    }

    private static void readBack(FileLayer layer, Path temporary, ImageManifest manifest, ImageProgress progress)
            throws IOException {
        ImageManifest found = read(layer, temporary, STEP_READ_BACK, progress);
        if (!found.equals(manifest)) {
            throw new IOException("an archive does not read back as it was written: file=" + temporary + " expected="
                    + manifest + " found=" + found);
        }
    }

    private static void forceName(FileLayer layer, Path file) {
        try {
            Path parent = file.getParent();
            if (parent != null) {
                layer.forceDirectory(parent);
            }
        } catch (IOException e) {
            throw ImageErrors.unusable(
                    "make its name durable (it is complete, and may not survive a power loss)", file, e);
        }
    }

    /** For a failure that may come from an image which is not there any more. */
    private static MetastoreException discarded(
            FileLayer layer, Path temporary, PersistedImage image, MetastoreException failure) {
        return discarded(layer, temporary, ImageErrors.unlessDeleted(layer, image.directory(), failure));
    }

    /** Deletes the temporary file; the failure is what counts. */
    private static MetastoreException discarded(FileLayer layer, Path temporary, MetastoreException failure) {
        try {
            if (layer.kindOfName(temporary) == Kind.FILE) {
                layer.delete(temporary);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
