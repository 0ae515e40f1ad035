package io.metastore.recovery.internal.intent;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.offline.RecoveryAtOpen;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.FetchRate;
import io.metastore.recovery.internal.reset.Holding;
import io.metastore.recovery.internal.reset.JournalFetch;
import io.metastore.recovery.internal.reset.MemberSteps;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Seal;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries an intent out as its plan would be: the same checks, the same steps, in the same order. Then the file is kept under the name of its recovery, which is how
 * the directory remembers it.
 *
 * <p>An intent whose moment has passed (see {@link Standing}) is put aside in the same way, and the opening goes on with the directory as it is: an operator who asked
 * for nothing new is not kept from starting a member. Everything else that does not fit is refused and left as it is, as somebody has consented to a recovery that
 * cannot be had: the opening fails until the file is taken away.
 */
public final class IntentAtOpen implements RecoveryAtOpen {

    /** For {@link java.util.ServiceLoader}. */
    public IntentAtOpen() {}

    @Override
    public String carryOut(FileLayer files, Opening opening) {
        return carryOut(
                files,
                Clock.systemUTC(),
                opening.directory(),
                opening.expectation(),
                intent -> Elsewhere.reached(intent, opening));
    }

    static String carryOut(
            FileLayer files,
            Clock clock,
            Path directory,
            Expectation expectation,
            Function<Intent, Elsewhere> reached) {
        Intent intent;
        Path file;
        boolean begun;
        try (EpochSuccession succession = EpochSuccession.open(files, directory)) {
            Optional<byte[]> bytes = succession.intent();
            if (bytes.isEmpty()) {
                return "";
            }
            file = succession.intentFile();
            succession.check(expectation);
            intent = IntentFile.decode(file, bytes.get());
            Optional<String> over = Standing.over(succession, intent);
            if (over.isPresent()) {
                IntentFile.spend(succession, intent);
                return "nothing was recovered: " + over.get();
            }
            checkTarget(succession, intent);
            begun = Standing.isUnderWay(succession, intent);
        }
        ResetOrder order = intent.order();
        DirectoryReset.Made made;
        try {
            checkGone(intent);
            checkOthers(files, intent);
            Elsewhere elsewhere = reached.apply(intent);
            if (!begun) { // Then those that have not said that they are sealed are asked, and no others need to be
                // there.
                elsewhere.check(order);
            }
            made = Holding.ofStopped(files)
                    .all(intent.all(directory), held -> make(files, clock, intent, elsewhere.steps(), held));
        } catch (RecoveryRefusedException e) {
            throw refused(file, e.reason(), String.valueOf(e.getMessage()) + way(files, directory, intent), e);
        }
        return "and carried out: recovery=" + order.recovery() + " epoch=" + made.epoch() + " tip=" + order.tip()
                + " by=" + order.by() + " why=" + order.why() + " verdict=" + order.verdict() + " leftOut="
                + made.leftOut();
    }

    private static DirectoryReset.Made make(
            FileLayer files, Clock clock, Intent intent, MemberSteps members, List<EpochSuccession> held) {
        ResetOrder order = intent.order();
        ResetOrder sealed = new Sealing(files, clock, intent.others(), intent.spaceBytes())
                .run(held, order, new ArrayList<>(), own -> intent.fetch().ifPresent(fetch -> new JournalFetch(
                                files,
                                members,
                                fetch.what(),
                                new FetchRate(fetch.bytesPerSecond(), FetchRate.Waiting.SYSTEM),
                                (bytes, of) -> {})
                        .run(own, order)));
        DirectoryReset.Made result = new DirectoryReset(files, clock, step -> {}, members).run(held, sealed);
        held.get(0).spend(order.recovery());
        return result;
    }

    /** What is to be done when it was refused: that depends on how far it had come. */
    private static String way(FileLayer files, Path directory, Intent intent) {
        try (EpochSuccession succession = EpochSuccession.open(files, directory)) {
            if (Standing.isUnderWay(succession, intent)) {
                return "; it was begun, and what was sealed stays so; mend that and open again, or 'metastore abort "
                        + directory + "' takes it back";
            }
            if (Standing.over(succession, intent).isPresent()) {
                return "; it was given up, and nothing is sealed by it any more: the next opening puts the file aside, and the member opens"
                        + " as it is";
            }
        } catch (MetastoreException e) {
            return "; nor can it be told how far it had come: cause=" + e.getMessage() + "; mend that and open again";
        }
        return otherwise(directory);
    }

    private static String otherwise(@Nullable Path directory) {
        return "; mend that and open again, or " + IntentFile.remedy(directory) + " and the member opens as it is";
    }

    private static void checkTarget(EpochSuccession succession, Intent intent) {
        if (!Standing.isOf(succession, intent)) {
            boolean sameCluster =
                    succession.identity().clusterId().equals(intent.order().cluster());
            throw refused(
                    succession.intentFile(),
                    sameCluster ? Reason.CHANGED_SINCE : Reason.OTHER_CLUSTER,
                    "it was written for another directory: cluster="
                            + intent.order().cluster() + " member=" + intent.member() + " found: cluster="
                            + succession.identity().clusterId() + " member=" + Standing.member(succession)
                            + otherwise(succession.root()),
                    null);
        }
    }

    /** Nobody needs to be let in to see that somebody is there. All at once: each place where nobody is takes seconds. */
    private static void checkGone(Intent intent) {
        List<String> there = RemoteMember.occupied(intent.gone());
        if (!there.isEmpty()) {
            throw new RecoveryRefusedException(
                    Reason.MEMBER_ANSWERS,
                    "somebody is where members listened that are not to be there: addresses=" + there
                            + "; survey them and plan anew, or plan anew and say that it is a stranger (--stranger)");
        }
    }

    /** No other recovery may have been begun in them since, and they must be there. Whether they have changed otherwise is found out when they are sealed. */
    private static void checkOthers(FileLayer files, Intent intent) {
        for (Sealing.Directory other : intent.others()) {
            try (EpochSuccession succession = EpochSuccession.open(files, other.path())) {
                long number = Standing.isUnderWay(succession, intent)
                        ? succession.seal().map(Seal::next).orElseThrow()
                        : succession.unusedEpoch();
                if (number > intent.order().nextMin()) {
                    throw new RecoveryRefusedException(
                            Reason.CHANGED_SINCE,
                            "a recovery was begun since in a directory that is to be sealed: directory=" + other.path()
                                    + " next=" + number + " expectedNext="
                                    + intent.order().nextMin());
                }
            } catch (DirectoryMismatchException
                    | DirectoryUnusableException
                    | DirectoryInUseException
                    | CorruptStateException e) {
                throw new RecoveryRefusedException(
                        Reason.SOURCE_SILENT,
                        "a directory that is to be sealed cannot be opened: directory=" + other.path() + " cause="
                                + e.getMessage(),
                        e);
            }
        }
    }

    private static RecoveryRefusedException refused(
            Path file, Reason reason, String why, @Nullable MetastoreException cause) {
        return new RecoveryRefusedException(
                reason,
                "the recovery that was asked for by a file cannot be carried out, and the member was not opened: file="
                        + file + " because " + why,
                cause);
    }
}
