package io.metastore.recovery.internal.remote;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.live.LiveMember;
import io.metastore.raft.remote.RecoveryAtMember;
import io.metastore.recovery.internal.reset.DirectoryReturn;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.recovery.internal.survey.DirectorySurvey;
import io.metastore.recovery.internal.survey.SurveyText;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers, at one member, recoveries that are carried out elsewhere. One step at a time; how the last one came out is kept for whoever asks again. What must not be
 * forgotten is in the directory. Callable from any thread.
 */
public final class MemberRecovery implements RecoveryAtMember {

    private static final Logger log = LoggerFactory.getLogger(MemberRecovery.class);

    private final Clock clock = Clock.systemUTC();

    /** The last one that was begun. Guarded by this. */
    private @Nullable UUID attempt;

    /** How it came out. Guarded by this. */
    private StepAnswer outcome = StepAnswer.DONE;

    /** For {@link java.util.ServiceLoader}. */
    public MemberRecovery() {}

    @Override
    public byte[] survey(Path directory, byte[] request, BooleanSupplier ended) {
        CopyOrigin origin = new CopyOrigin(CopyOrigin.Kind.STORE, directory, directory.toString());
        CopyContents found = DirectorySurvey.read(origin, SurveyQuestion.decode(request), ended);
        return SurveyText.write(List.of(found));
    }

    @Override
    public byte[] step(Path directory, byte[] request, Executor background) {
        if (FetchRequest.isOne(request)) {
            return OfferedFiles.answer(directory, request);
        }
        StepRequest step = StepRequest.decode(request);
        return step.kind() == StepRequest.Kind.LOOK
                ? MemberLook.of(directory).encode()
                : begun(directory, step, background).encode();
    }

    private synchronized StepAnswer begun(Path directory, StepRequest step, Executor background) {
        boolean begun = step.attempt().equals(attempt) && outcome.outcome() != StepAnswer.Outcome.BUSY;
        if (begun || outcome.outcome() == StepAnswer.Outcome.RUNNING) {
            return outcome;
        }
        attempt = step.attempt();
        outcome = StepAnswer.RUNNING;
        background.execute(() -> take(directory, step));
        return outcome;
    }

    private void take(Path directory, StepRequest step) {
        StepAnswer came = StepAnswer.failed(new IllegalStateException("the step was cut off"));
        try {
            if (step.kind() == StepRequest.Kind.SEAL) {
                seal(directory, step);
            } else {
                lift(directory, step);
            }
            came = StepAnswer.DONE;
        } catch (RecoveryRefusedException e) {
            came = StepAnswer.refused(e);
        } catch (UnavailableException e) {
            came = StepAnswer.busy(e);
        } catch (RuntimeException e) {
            came = StepAnswer.failed(e);
            log.warn("step of a recovery failed: directory={} step={}", directory, step.kind(), e);
        } finally {
            synchronized (this) {
                outcome = came;
            }
        }
    }

    private void seal(Path directory, StepRequest step) {
        Sealing.Promise promise = step.promise();
        MemberLook look = MemberLook.of(directory);
        look.leader().ifPresent(leader -> {
            throw MemberLook.quorumAlive(leader, look.member());
        });
        if (!isSealedBy(look, promise)) {
            log.info("is being sealed: directory={} recovery={}", directory, promise.recovery());
            exchange(
                    directory,
                    promise,
                    held -> Sealing.one(held.files(), clock, held.succession(), promise, step.last()));
        }
    }

    /** The promise is in the directory, and the member takes no part any more. */
    private static boolean isSealedBy(MemberLook look, Sealing.Promise promise) {
        return look.sealedBy().filter(promise.recovery()::equals).isPresent();
    }

    private void lift(Path directory, StepRequest step) {
        Sealing.Promise promise = step.promise();
        if (isSealedBy(MemberLook.of(directory), promise)) {
            log.info("takes part again: directory={} recovery={}", directory, promise.recovery());
            exchange(directory, promise, held -> DirectoryReturn.lift(held.succession(), promise.recovery(), clock));
        }
    }

    private record Held(MemberDirectory directory, EpochSuccession succession) {
        FileLayer files() {
            return directory.layer();
        }
    }

    private static void exchange(Path directory, Sealing.Promise promise, Consumer<Held> action) {
        LiveMember.at(directory)
                .orElseThrow(() -> new IllegalStateException("no store is open: directory=" + directory))
                .exchange("recovery " + promise.recovery() + " from elsewhere", held -> {
                    try (EpochSuccession succession = EpochSuccession.within(held.layer(), held)) {
                        action.accept(new Held(held, succession));
                    }
                    return Boolean.TRUE;
                });
    }
}
