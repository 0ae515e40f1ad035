package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Image;
import io.metastore.api.MetastoreException;
import io.metastore.api.Progress.Operation;
import io.metastore.api.Progress.Unit;
import io.metastore.api.ProgressListener;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Trash;
import io.metastore.snapshot.image.ImageArchive.Exported;
import io.metastore.snapshot.image.ImageDump;
import io.metastore.snapshot.image.ImageFacts;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.PendingImage;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.StateCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one image of the live state. Used by one thread at a time. */
public final class ImageMaker {

    private static final Logger log = LoggerFactory.getLogger(ImageMaker.class);

    /**
     * Where and of what images are made.
     *
     * @param directory on the file system of the images
     * @param scratch for a dump, of its own
     * @param trash what of it is not freed yet is freed when space is short
     * @param membership as this member knows it now
     * @param closed whether to give up
     * @param notes whether entries hold nothing but what the cluster notes of long work
     */
    public record Ground(
            String member,
            FileLayer files,
            Path directory,
            Path scratch,
            Lineage lineage,
            MetaState state,
            ImageStore images,
            Trash trash,
            Supplier<Membership> membership,
            ProgressListener progress,
            BooleanSupplier closed,
            Notes notes,
            Clock clock) {}

    /** Looks at the journal. */
    @FunctionalInterface
    public interface Notes {

        /** From the first to the last, both inclusive; true for none. */
        boolean areAll(long first, long last);
    }

    private final Ground ground;
    private final CheckpointPolicy policy;

    public ImageMaker(Ground ground, CheckpointPolicy policy) {
        this.ground = ground;
        this.policy = policy;
    }

    long appliedIndex() {
        return ground.state().applied().index();
    }

    /**
     * Makes an image, unless the newest one has everything already, and deletes those that are too many.
     *
     * @param replaced indexes of images that are damaged: they do not count, and are deleted when the new one is published
     * @param watching told how far it has come, besides the listener
     * @throws CheckpointFailedException nothing was published
     */
    PersistedImage make(List<Long> replaced, ProgressListener watching) {
        if (appliedIndex() < 0) {
            throw new CheckpointFailedException(
                    "nothing was applied yet, there is nothing to make an image of: member=" + ground.member());
        }
        ground.images().images().stream()
                .filter(image -> replaced.contains(image.index()))
                .forEach(image -> ground.images().distrust(image, "it is to be replaced"));
        PersistedImage newest = ground.images().images().stream().findFirst().orElse(null);
        boolean isCurrent = newest != null && ground.notes().areAll(newest.index() + 1, appliedIndex());
        PersistedImage image = newest != null && isCurrent ? newest : make(watching);
        retain(image, replaced);
        return image;
    }

    private PersistedImage make(ProgressListener watching) {
        requireSpace();
        long started = System.nanoTime();
        ProgressListener both = progress -> {
            watching.progress(progress);
            ground.progress().progress(progress);
        };
        PersistedImage image = LongWork.run(ground.member(), Operation.CHECKPOINT, both, ground.closed(), this::make);
        log.info(
                "image published: member={} image={} position={} bytes={} files={} millis={}",
                ground.member(),
                image.directory(),
                image.manifest().position(),
                image.manifest().bytes(),
                image.manifest().files().size(),
                (System.nanoTime() - started) / 1_000_000);
        return image;
    }

    private PersistedImage make(LongWork work) {
        work.step("making a checkpoint", -1, Unit.BYTES);
        try (PendingImage pending = ground.images().begin()) {
            StateCheckpoint checkpoint = ground.state().checkpoint(pending.directory());
            work.step("verifying and publishing", -1, Unit.BYTES);
            return pending.persist(checkpoint, facts(), work::report);
        } catch (CorruptStateException e) {
            throw failed(
                    "reason=" + e.getMessage()
                            + "; the live state may be damaged: run an audit, or let this member start anew from the others",
                    e);
        } catch (StoreClosedException e) {
            throw e;
        } catch (MetastoreException e) {
            throw failed("reason=" + e.getMessage(), e);
        }
    }

    /** Writes the live state at one position to a file, past the images; see {@link ImageDump}. */
    Image dump(Path file, LongWork work) {
        requireSpace();
        Exported dumped = ImageDump.dump(
                ground.files(),
                ground.state()::checkpoint,
                ground.scratch(),
                ground.lineage(),
                facts().as(Provenance.Kind.DUMPED),
                file.toAbsolutePath(),
                work::report);
        return Images.describe(new PersistedImage(file, dumped.manifest()));
    }

    private ImageFacts facts() {
        List<PersistedImage> there = ground.images().images();
        return ImageFacts.checkpoint(
                ground.member(),
                ground.membership().get(),
                there.isEmpty() ? null : there.get(0).manifest().origin(),
                ground.clock().instant());
    }

    private void retain(PersistedImage made, List<Long> replaced) {
        try {
            for (long index : replaced) {
                if (index != made.index()) {
                    ground.images().remove(index);
                }
            }
            ground.images().retain(policy.imagesKept());
        } catch (MetastoreException e) {
            log.warn("images that are too many were not deleted: member={}", ground.member(), e);
        }
    }

    /** What is not in table files yet is written once more; everything else is shared through hard links. */
    private void requireSpace() {
        long needed = ground.state().unflushedBytes() + policy.freeBytesMin();
        long free;
        try {
            free = ground.files().usableSpace(ground.directory());
            if (free < needed) {
                ground.trash().empty();
                free = ground.files().usableSpace(ground.directory());
            }
        } catch (IOException e) {
            throw failed("reason=" + e + "; check the disk", e);
        }
        if (free < needed) {
            throw failed(
                    "reason=too little disk space free=" + free + " needed=" + needed + " freeBytesMin="
                            + policy.freeBytesMin() + "; free some, or lower checkpoints.freeBytesMin",
                    null);
        }
    }

    private CheckpointFailedException failed(String why, @Nullable Throwable cause) {
        return new CheckpointFailedException(
                "image could not be made, nothing was published: member=" + ground.member() + " " + why, cause);
    }
}
