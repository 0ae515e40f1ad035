package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.api.Progress.Unit;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageArchive.Exported;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateCheckpoint;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports what a living state is now, for when every image on disk is bad: a checkpoint outside of the directory of images, proven in isolation, in one file.
 * Applying goes on meanwhile.
 *
 * <p>Callable from any thread; one at a time in a scratch directory.
 */
public final class ImageDump {

    /** Makes a checkpoint of the living state in a directory that does not exist: {@link io.metastore.snapshot.state.MetaState#checkpoint}. */
    @FunctionalInterface
    public interface Checkpointing {
        StateCheckpoint checkpoint(Path directory);
    }

    private static final Logger log = LoggerFactory.getLogger(ImageDump.class);

    private static final String NAME = "image.dump";
    /** RocksDB makes a checkpoint under this name first. */
    private static final String NAME_TEMPORARY = NAME + ".tmp";

    private static final String STEP_RECORDS = "fingerprint of records";

    private final FileLayer layer;
    private final Path directory;
    private final ImageProgress progress;

    private ImageDump(FileLayer layer, Path directory, ImageProgress progress) {
        this.layer = layer;
        this.directory = directory;
        this.progress = progress;
    }

    /**
     * Dumps.
     *
     * @param scratch on the file system of the state; created when missing. Nothing is left there
     * @param lineage of the living state
     * @param facts the rest of the manifest, {@link Provenance.Kind#DUMPED} among it; every record is read in any case
     * @param target must not exist; its directory must
     * @throws CorruptStateException the living state is damaged: what is in its files is not what it says; there is no archive
     * @throws DirectoryMismatchException something has the name of the target; it was not touched
     * @throws DirectoryUnusableException the disk refused; see {@link ImageArchive#export}
     */
    public static Exported dump(
            FileLayer layer,
            Checkpointing state,
            Path scratch,
            Lineage lineage,
            ImageFacts facts,
            Path target,
            ImageProgress progress) {
        ImageDump dump = new ImageDump(layer, scratch.resolve(NAME), progress);
        Exported exported;
        try {
            layer.createDirectories(scratch);
            dump.clean();
            PersistedImage image = dump.make(state, lineage, facts);
            exported = ImageArchive.export(layer, image, target, progress);
        } catch (IOException e) {
            throw dump.cleaned(ImageErrors.unusable("dump", scratch, e));
        } catch (MetastoreException e) {
            throw dump.cleaned(e);
        }
        dump.cleanAtLast();
        return exported;
    }

    private PersistedImage make(Checkpointing state, Lineage lineage, ImageFacts facts) throws IOException {
        AppliedState at = prove(state.checkpoint(directory));
        List<ImageFile> files =
                new FileDigests(layer, directory, FileDigests.Known.NONE, progress).take(layer.list(directory));
        ImageManifest manifest = facts.manifest(lineage, at, files);
        AtomicFile.replace(layer, directory.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
        return new PersistedImage(directory, manifest);
    }

    /** What the checkpoint holds, which must be what the living state was, and what its records add up to. */
    private AppliedState prove(StateCheckpoint checkpoint) {
        try (StateInspection inspection = StateInspection.open(layer, directory)) {
            AppliedState at = inspection.at();
            AppliedState live = checkpoint.live(inspection.sequence());
            if (live != null && !live.equals(at)) {
                throw ImageErrors.contradicted(directory, "state", live, at);
            }
            inspection.verifyChecksums();
            String recomputed = inspection.recomputeFingerprint(
                    records -> progress.advanced(STEP_RECORDS, records, -1, Unit.RECORDS));
            if (!recomputed.equals(at.fingerprint())) {
                throw ImageErrors.contradicted(directory, "fingerprint of all records", at.fingerprint(), recomputed);
            }
            return at;
        }
    }

    private void clean() throws IOException {
        layer.deleteTree(directory);
        layer.deleteTree(directory.resolveSibling(NAME_TEMPORARY));
    }

    private MetastoreException cleaned(MetastoreException failure) {
        try {
            clean();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /** The archive is there: what is left in the scratch directory goes with the next dump, or when the member is opened again. */
    private void cleanAtLast() {
        try {
            clean();
        } catch (IOException e) {
            log.warn("what a dump needed could not be deleted: directory={}", directory, e);
        }
    }
}
