package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointStatus;
import io.metastore.api.Checkpoints;
import io.metastore.api.CorruptStateException;
import io.metastore.api.Image;
import io.metastore.api.MetastoreException;
import io.metastore.api.OperationFailedException;
import io.metastore.api.OperationType;
import io.metastore.api.Progress.Operation;
import io.metastore.api.ProgressListener;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageArchive;
import io.metastore.snapshot.image.ImageReservation;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.ImageVerification;
import io.metastore.snapshot.image.ImageVerification.Depth;
import io.metastore.snapshot.image.PersistedImage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What users do with the images of a member. Callable from any thread. */
public final class MemberCheckpoints implements Checkpoints {

    private static final Logger log = LoggerFactory.getLogger(MemberCheckpoints.class);

    /**
     * What the images of a member are worked with.
     *
     * @param enter called first by everything that waits, with the name of the call: throws where that must not be or the store is closed
     */
    public record Ground(
            String member,
            FileLayer files,
            ImageStore images,
            Checkpointer checkpointer,
            ImageMaker maker,
            Auditor auditor,
            LongTasks tasks,
            ProgressListener progress,
            Jobs jobs,
            Clock clock,
            Consumer<String> enter) {}

    private final Ground ground;

    /** What the last audit found; null before the first. */
    private volatile @Nullable Audited lastAudit;

    /** Why the last audit could not be made; empty when it could. */
    private volatile String auditFailure = "";

    public MemberCheckpoints(Ground ground) {
        this.ground = ground;
    }

    @Override
    public Image create() {
        ground.enter().accept("checkpoints.create");
        return Images.describe(ground.tasks().await(ground.checkpointer().create()));
    }

    @Override
    public List<Image> list() {
        return ground.images().images().stream().map(Images::describe).toList();
    }

    @Override
    public Verified verify(Image image) {
        return run("checkpoints.verify", OperationType.VERIFY, Operation.VERIFY, image, this::verify);
    }

    private Verified verify(PersistedImage image, LongWork work) {
        try {
            ImageVerification.Verified found =
                    ImageVerification.verify(ground.files(), image, Depth.FULL, work::report);
            return new Verified(Images.describe(image), found.records(), work.elapsed());
        } catch (CorruptStateException e) {
            ground.images().condemn(image, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    @Override
    public Image replace(Image damaged) {
        ground.enter().accept("checkpoints.replace");
        return Images.describe(ground.tasks()
                .await(ground.checkpointer().replace(damaged.position().index())));
    }

    @Override
    public Image exportTo(Image image, Path file) {
        return run("checkpoints.exportTo", OperationType.EXPORT, Operation.EXPORT, image, (pinned, work) -> {
            ImageArchive.export(ground.files(), pinned, file, work::report);
            return Images.describe(pinned);
        });
    }

    @Override
    public Image dumpTo(Path file) {
        ground.enter().accept("checkpoints.dumpTo");
        return job(
                OperationType.DUMP,
                job -> work(Operation.EXPORT, job, work -> ground.maker().dump(file, work)));
    }

    @Override
    public Audited audit() {
        ground.enter().accept("checkpoints.audit");
        return job(OperationType.AUDIT, job -> {
            Audited found = auditNow(job, Pace.FULL);
            if (!found.agrees()) {
                job.ended(disagreement(found));
            }
            return found;
        });
    }

    private CorruptStateException disagreement(Audited found) {
        return new CorruptStateException("audit disagrees with the live state: member=" + ground.member() + " position="
                + found.position() + " " + found.difference());
    }

    /** Audits when the thread for long work is free, and leaves time for everything else; what it finds shows in {@link #lastAudit}. */
    public void auditSoon() {
        ground.tasks().later(() -> {
            Instant started = ground.clock().instant();
            boolean failedBefore = !auditFailure.isEmpty();
            try {
                Audited found = auditNow(null, Pace.background(ground.tasks()::isAwaited));
                if (!found.agrees()) {
                    ground.jobs()
                            .failedByItself(
                                    OperationType.AUDIT,
                                    started,
                                    String.valueOf(disagreement(found).getMessage()));
                }
            } catch (StoreClosedException e) {
                log.debug("audit was given up: member={} reason={}", ground.member(), e.getMessage());
            } catch (MetastoreException e) {
                log.info("audit could not be made: member={} reason={}", ground.member(), e.getMessage());
                if (!failedBefore) {
                    ground.jobs().failedByItself(OperationType.AUDIT, started, String.valueOf(e.getMessage()));
                }
            }
        });
    }

    private Audited auditNow(Jobs.@Nullable Job job, Pace pace) {
        Audited found;
        try {
            found = work(Operation.AUDIT, job, work -> ground.auditor().audit(work.at(pace)));
        } catch (StoreClosedException | OperationFailedException e) {
            throw e; // Given up: nothing has failed.
        } catch (MetastoreException e) {
            auditFailure = String.valueOf(e.getMessage());
            throw e;
        }
        auditFailure = "";
        lastAudit = found;
        if (found.agrees()) {
            log.info(
                    "audit agrees with the live state: member={} position={} entries={} millis={}",
                    ground.member(),
                    found.position(),
                    found.entries(),
                    found.elapsed().toMillis());
        } else {
            log.error(
                    "audit disagrees with the live state: member={} position={} {}",
                    ground.member(),
                    found.position(),
                    found.difference());
        }
        return found;
    }

    /** What the last audit found; null before the first. */
    public @Nullable Audited lastAudit() {
        return lastAudit;
    }

    /** Why the last audit could not be made; empty when it could. */
    public String auditFailure() {
        return auditFailure;
    }

    @Override
    public CheckpointStatus status() {
        return ground.checkpointer().status();
    }

    private <R> R run(
            String call,
            OperationType type,
            Operation operation,
            Image image,
            BiFunction<PersistedImage, LongWork, R> task) {
        ground.enter().accept(call);
        return job(type, job -> {
            try (ImageReservation pin = ground.images().reserve(image.position().index())) {
                return work(operation, job, work -> task.apply(pin.image(), work));
            }
        });
    }

    /** Lists the work from now on and does it when its turn has come. */
    private <R> R job(OperationType type, Function<Jobs.Job, R> task) {
        Jobs.Job job = ground.jobs().begin(type);
        try {
            return ground.tasks().run(() -> {
                try {
                    job.checkWanted(); // It may have waited for long.
                    job.running();
                    R result = task.apply(job);
                    job.ended(null);
                    return result;
                } catch (RuntimeException | Error e) {
                    job.ended(e);
                    throw e;
                }
            });
        } catch (StoreClosedException e) {
            job.ended(e); // Also one that never had its turn.
            throw e;
        }
    }

    /** Does long work that tells its job, if there is one, how far it is, and ends when that is cancelled. */
    private <R> R work(Operation operation, Jobs.@Nullable Job job, Function<LongWork, R> task) {
        return LongWork.run(
                ground.member(),
                operation,
                progress -> {
                    if (job != null) {
                        job.reached(progress);
                    }
                    ground.progress().progress(progress);
                },
                () -> {
                    if (job != null) {
                        job.checkWanted();
                    }
                    return ground.checkpointer().isClosed();
                },
                task);
    }
}
