package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.api.Progress.Unit;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Proves that an image is what its manifest says. Reads only, and nothing is kept open.
 *
 * <p>Callable from any thread, for several images at once; the image must be kept from being deleted meanwhile ({@link ImageReservation}).
 */
public final class ImageVerification {

    /** How thoroughly. */
    public enum Depth {
        /** Exactly the files of the manifest, ordinary ones, each with its length and digest. */
        FILES,
        /** And the state in them, opened in isolation: position, revision, fingerprint, RocksDB's checksums, the fingerprint of all records. */
        FULL
    }

    /**
     * What was found to be sound.
     *
     * @param files of the image, without the manifest
     * @param bytes of these files
     * @param records in the state; -1 when they were not read
     */
    public record Verified(Depth depth, int files, long bytes, long records, Duration duration) {}

    private static final String STEP_BLOCKS = "checksums of blocks";
    private static final String STEP_RECORDS = "fingerprint of records";

    private final FileLayer layer;
    private final Path directory;
    private final ImageManifest manifest;
    private final ImageProgress progress;

    private ImageVerification(FileLayer layer, Path directory, ImageManifest manifest, ImageProgress progress) {
        this.layer = layer;
        this.directory = directory;
        this.manifest = manifest;
        this.progress = progress;
    }

    /**
     * Verifies a published image.
     *
     * @throws CorruptStateException it is damaged: names the image, the file, what was expected and what was found
     * @throws DirectoryUnusableException it could not be read, or was deleted meanwhile, which says nothing about it
     */
    public static Verified verify(FileLayer layer, PersistedImage image, Depth depth, ImageProgress progress) {
        long start = System.nanoTime();
        ImageVerification verification = new ImageVerification(layer, image.directory(), image.manifest(), progress);
        long records;
        try {
            verification.checkFiles();
            records = depth == Depth.FULL ? verification.checkState() : -1;
        } catch (MetastoreException e) {
            throw ImageErrors.unlessDeleted(layer, image.directory(), e);
        }
        return new Verified(
                depth,
                image.manifest().files().size(),
                image.manifest().bytes(),
                records,
                Duration.ofNanos(System.nanoTime() - start));
    }

    /**
     * Verifies only the state in a directory that holds the files of an image, whose digests are known to be right.
     *
     * @return how many records there are
     */
    static long verifyState(FileLayer layer, Path directory, ImageManifest manifest, ImageProgress progress) {
        return new ImageVerification(layer, directory, manifest, progress).checkState();
    }

    private void checkFiles() {
        try {
            ImageFiles.checkNames(layer, directory, manifest);
            long total = manifest.bytes();
            AtomicLong done = new AtomicLong();
            LongConsumer read = bytes -> progress.advanced(FileDigests.STEP, done.addAndGet(bytes), total, Unit.BYTES);
            for (ImageFile file : manifest.files()) {
                ImageFiles.checkContents(layer, directory, file, read);
            }
        } catch (IOException e) {
            throw ImageErrors.unusable("verify", directory, e);
        }
    }

    private long checkState() {
        try (StateInspection state = StateInspection.open(layer, directory)) {
            AppliedState at = state.at();
            check("position", manifest.position(), at.position());
            check("revision", describe(manifest.revision()), describe(at.revision()));
            check("fingerprint", manifest.fingerprint(), at.fingerprint());
            progress.advanced(STEP_BLOCKS, 0, -1, Unit.BYTES);
            state.verifyChecksums();
            AtomicLong records = new AtomicLong();
            long total = state.estimatedRecords();
            String recomputed = state.recomputeFingerprint(count -> {
                records.set(count);
                progress.advanced(STEP_RECORDS, count, Math.max(count, total), Unit.RECORDS);
            });
            check("fingerprint of all records", manifest.fingerprint(), recomputed);
            return records.get();
        }
    }

    private void check(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw ImageErrors.contradicted(directory, what, expected, found);
        }
    }

    /** Its own text is only the number. */
    private static String describe(Revision revision) {
        return revision + " of epoch " + revision.epoch() + " at " + revision.position();
    }
}
