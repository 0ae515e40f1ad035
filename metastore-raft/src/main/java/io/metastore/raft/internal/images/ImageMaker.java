package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import io.metastore.api.Progress.Operation;
import io.metastore.api.ProgressListener;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PendingImage;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.image.Provenance;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.MetaState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one image of the live state. Used by one thread at a time. */
public final class ImageMaker {

    private static final Logger log = LoggerFactory.getLogger(ImageMaker.class);

    /**
     * Where and of what images are made.
     *
     * @param directory on the file system of the images
     * @param membership as this member knows it now
     * @param closed whether to give up
     */
    public record Ground(
            String member,
            FileLayer files,
            Path directory,
            MetaState state,
            ImageStore images,
            Supplier<Membership> membership,
            ProgressListener progress,
            BooleanSupplier closed,
            Clock clock) {}

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
     * @throws CheckpointFailedException nothing was published
     */
    PersistedImage make(List<Long> replaced) {
        if (appliedIndex() < 0) {
            throw new CheckpointFailedException(
                    "nothing was applied yet, there is nothing to make an image of: member=" + ground.member());
        }
        PersistedImage newest = ground.images().images().stream()
                .filter(image -> !replaced.contains(image.index()))
                .findFirst()
                .orElse(null);
        PersistedImage image = newest != null && newest.index() >= appliedIndex() ? newest : make();
        retain(image, replaced);
        return image;
    }

    private PersistedImage make() {
        requireSpace();
        long started = System.nanoTime();
        PersistedImage image = LongWork.run(
                ground.member(), Operation.CHECKPOINT, ground.progress(), ground.closed(), this::make);
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
        try (PendingImage pending = ground.images().begin()) {
            AppliedState expected = ground.state().checkpoint(pending.directory());
            return pending.persist(
                    expected,
                    ground.membership().get(),
                    ground.clock().instant(),
                    new Provenance(Provenance.Kind.CHECKPOINT, ground.member()),
                    work::advance);
        } catch (IOException e) {
            throw failed("reason=" + e + "; check the disk", e);
        } catch (CorruptStateException e) {
            throw failed(
                    "reason=" + e.getMessage()
                            + "; the live state may be damaged: run an audit, or let this member start anew from the others",
                    e);
        }
    }

    private void retain(PersistedImage made, List<Long> replaced) {
        try {
            for (PersistedImage image : ground.images().images()) {
                if (image.index() != made.index() && replaced.contains(image.index())) {
                    ground.images().remove(image);
                }
            }
            ground.images().retain(policy.imagesKept());
        } catch (IOException | MetastoreException e) {
            log.warn("images that are too many were not deleted: member={}", ground.member(), e);
        }
    }

    /** What is not in table files yet is written once more; everything else is shared through hard links. */
    private void requireSpace() {
        long needed = ground.state().unflushedBytes() + policy.freeBytesMin();
        long free;
        try {
            free = ground.files().usableSpace(ground.directory());
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

    private CheckpointFailedException failed(String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new CheckpointFailedException(
                "image could not be made, nothing was published: member=" + ground.member() + " " + why, cause);
    }
}
