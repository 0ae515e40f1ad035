package io.metastore.recovery;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.StoreState;
import io.metastore.raft.live.LiveMember;
import io.metastore.recovery.branch.Branches;
import io.metastore.recovery.internal.intent.IntentFile;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.DirectoryReturn;
import io.metastore.recovery.internal.reset.Holding;
import io.metastore.recovery.internal.survey.DirectorySurvey;
import io.metastore.recovery.lineage.EpochLineage;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Depth;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where recovery begins: with everything that is left of a cluster.
 *
 * <pre>{@code
 * Survey survey = Recovery.of(
 *                 Source.directory(Path.of("/var/lib/app/meta")),
 *                 Source.directory(Path.of("/mnt/fe2-disk/meta")).labelled("fe2"))
 *         .survey();
 * System.out.println(survey.toTable());
 * System.out.println(survey.diagnose().verdict());
 * }</pre>
 *
 * <p>Immutable; callable from any thread.
 */
public final class Recovery {
    private final List<Source> sources;

    private Recovery(List<Source> sources) {
        this.sources = sources;
    }

    /** Recovery from these; at least one. Nothing is looked at yet. */
    public static Recovery of(Source... sources) {
        if (sources.length == 0) {
            throw new IllegalArgumentException("recovery needs at least one source");
        }
        return new Recovery(List.of(sources));
    }

    /** {@link #survey(Depth)} as is usual: as quick as reading the journals. */
    public Survey survey() {
        return survey(Depth.QUICK);
    }

    /**
     * Reads all sources, one after the other, and changes nothing: no file, no lock, no time of change, also beside a running member. Blocks, for about a second
     * per gigabyte of journal when that is in memory, else for as long as the disk takes; for each member elsewhere as long as its deadline at most. Never fails by what it finds: whatever is damaged, missing or
     * unreadable is in the result, next to what can be read.
     *
     * @param depth how thoroughly states and images are looked at; journals always are
     */
    public Survey survey(Depth depth) {
        List<SurveyedCopy> copies =
                sources.stream().map(source -> read(source, depth)).toList();
        return new Survey(copies, access());
    }

    /**
     * All of it in one call: survey, diagnosis, plan, and when nothing that was acknowledged can be lost the plan is applied.
     *
     * @throws RecoveryRefusedException {@link Reason#LOSS_POSSIBLE} when something may be lost, with the plan and its digest in the message; otherwise as {@link
     *     Survey#plan()} and {@link RecoveryPlan#apply}
     */
    public RecoveryResult recover() {
        RecoveryPlan plan = survey().plan();
        if (plan.verdict().kind() != Verdict.Kind.PROVEN_NONE) {
            throw new RecoveryRefusedException(
                    Reason.LOSS_POSSIBLE,
                    "acknowledged writes may be lost: verdict=" + plan.verdict().kind()
                            + "; nothing was changed; find more copies, or consent to this plan:\n" + plan);
        }
        return plan.apply(Consent.to(plan));
    }

    /**
     * Goes on with a recovery that was cut off, from nothing but the directory it was about; a store of this process that has it open is {@link
     * StoreState#RECOVERING} and goes on. Blocks.
     *
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY}; otherwise as {@link RecoveryPlan#apply}
     */
    public static void resume(Path directory) {
        resume(Access.OPEN, directory);
    }

    /**
     * The same, when members of other processes are sealed by it: those that have not said so yet are asked again.
     *
     * @param members how they are reached
     */
    public static void resume(Access members, Path directory) {
        DiskFileLayer files = new DiskFileLayer();
        Holding holding = Holding.of(files, "a recovery is resumed", Recovery::isRecovering);
        new DirectoryReset(files, Clock.systemUTC(), step -> {}, Remotes.steps(members)).resume(directory, holding);
    }

    /**
     * Gives up a recovery whose epoch has not begun: what was built is deleted, and members may be started from the directories again. To be repeated when it was
     * cut off.
     *
     * <p>Whether the epoch has begun is known by the target only, so it comes first. Naming one that was merely sealed in its place lets a member go on in an
     * epoch that others may have left: do that only when the target is lost for good.
     *
     * @param target the directory that was to go on
     * @param others those that were sealed with it
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY}, {@link Reason#CANNOT_ABORT}
     */
    public static void abort(Path target, Path... others) {
        abort(Access.OPEN, target, others);
    }

    /**
     * The same, when members of other processes are sealed by it, which then take part again.
     *
     * @param members how they are reached
     * @throws RecoveryRefusedException {@link Reason#SOURCE_SILENT} one of them does not answer; the directories and the others are done, repeat it for that one
     */
    public static void abort(Access members, Path target, Path... others) {
        DiskFileLayer files = new DiskFileLayer();
        Holding holding = Holding.of(files, "a recovery is aborted", Recovery::isRecovering);
        back(
                holding,
                target,
                others,
                new DirectoryReturn(files, Clock.systemUTC(), holding, Remotes.steps(members))::abort);
    }

    /**
     * Makes the epoch before a recovery the live one again, as long as the new one has taken no write and no other member. To be repeated when it was cut off.
     *
     * @param target the directory that went on
     * @param others those that were sealed with it
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY}, {@link Reason#CANNOT_UNDO}
     */
    public static void undo(Path target, Path... others) {
        undo(Access.OPEN, target, others);
    }

    /**
     * The same, when members of other processes were sealed by it, which then take part again.
     *
     * @param members how they are reached
     * @throws RecoveryRefusedException {@link Reason#SOURCE_SILENT} one of them does not answer; the directories and the others are done, repeat it for that one
     */
    public static void undo(Access members, Path target, Path... others) {
        DiskFileLayer files = new DiskFileLayer();
        Holding holding = Holding.of(files, "a recovery is undone", directory -> true);
        back(
                holding,
                target,
                others,
                new DirectoryReturn(files, Clock.systemUTC(), holding, Remotes.steps(members))::undo);
    }

    /** Whether a store of this process waits for the end of a recovery of its directory. */
    private static boolean isRecovering(Path directory) {
        return LiveMember.at(directory)
                .filter(member -> member.state() == StoreState.RECOVERING)
                .isPresent();
    }

    /**
     * What recoveries did not take over of the journals in these directories, which keep it: to be read, exported, and proposed again. Changes no byte, takes no lock,
     * also beside running members; fails for no content.
     *
     * @param directories of members, stopped or running, or copies of them: the one that went on shows what was cut from it; beside it, others show what they have
     *     that was not taken over
     */
    public static Branches branches(Path... directories) {
        return Branches.find(List.of(directories));
    }

    /**
     * How the epochs of a cluster began, as the directory of one member knows it, and what each left behind: when, who, why, the verdict, who was sealed, who was
     * missing, and the branches. Changes no byte, takes no lock, also beside running members.
     *
     * @param directory of a member
     * @param others of other members, for what they have that was not taken over
     * @throws io.metastore.api.DirectoryMismatchException the first is no member's
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     */
    public static EpochLineage lineage(Path directory, Path... others) {
        return EpochLineage.of(directory, others);
    }

    /**
     * The recovery that is to be carried out at the next opening of a directory; empty when there is none. Takes no lock, changes nothing.
     *
     * @throws io.metastore.api.CorruptStateException the file it is written in is damaged
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     */
    public static Optional<IntendedRecovery> intended(Path directory) {
        return IntentFile.read(new DiskFileLayer(), directory).map(IntendedRecovery::of);
    }

    /**
     * Takes back what {@link RecoveryPlan#intend} wrote, sound or damaged. A member opens there as if it had not been written.
     *
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY} there is none; {@link Reason#SEALED} it was begun and cut off: open the member again, or
     *     {@link #abort}
     */
    public static void cancelIntent(Path directory) {
        if (!IntentFile.cancel(Holding.ofStopped(new DiskFileLayer()), directory, false)) {
            throw new RecoveryRefusedException(
                    Reason.NOTHING_UNDER_WAY,
                    "no recovery is intended in the directory: directory=" + directory + "; nothing was changed");
        }
    }

    /** An intent goes first: nothing may begin anew at the next opening what is taken back here. */
    private static void back(Holding holding, Path target, Path[] others, Consumer<Path> action) {
        boolean intended =
                EpochSuccession.isIntended(new DiskFileLayer(), target) && IntentFile.cancel(holding, target, true);
        try {
            each(target, others, action);
        } catch (RecoveryRefusedException e) {
            if (!intended || e.reason() != Reason.NOTHING_UNDER_WAY) {
                throw e;
            }
        }
    }

    /** The target first: it decides. One that is done already was done before this was cut off. */
    private static void each(Path target, Path[] others, Consumer<Path> action) {
        RecoveryRefusedException nothing = null;
        int done = 0;
        for (Path directory :
                Stream.concat(Stream.of(target), Stream.of(others)).toList()) {
            try {
                action.accept(directory);
                done++;
            } catch (RecoveryRefusedException e) {
                if (e.reason() != Reason.NOTHING_UNDER_WAY) {
                    throw e;
                }
                nothing = nothing == null ? e : nothing;
            }
        }
        if (done == 0 && nothing != null) {
            throw nothing;
        }
    }

    /** How the members among the sources are reached. */
    private Access access() {
        List<Access> found = sources.stream()
                .filter(Source.Member.class::isInstance)
                .map(source -> ((Source.Member) source).access())
                .toList();
        Access first = found.isEmpty() ? Access.OPEN : found.get(0);
        if (found.stream().anyMatch(each -> !each.isLike(first))) {
            throw new IllegalArgumentException(
                    "members of one cluster have one token, and are reached with the same certificates");
        }
        return found.stream().max(Comparator.comparing(Access::deadline)).orElse(first);
    }

    /** An interrupt closes the files that are being read, which looks like a broken disk: it is kept for later, and what it struck is read anew. */
    private static SurveyedCopy read(Source source, Depth depth) {
        if (source instanceof Source.Member member) {
            return new SurveyedCopy(MemberSurvey.read(member, depth));
        }
        boolean interrupted = Thread.interrupted();
        try {
            SurveyedCopy copy = readOnce(source.origin(), depth);
            while (Thread.interrupted()) {
                interrupted = true;
                copy = readOnce(source.origin(), depth);
            }
            return copy;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static SurveyedCopy readOnce(CopyOrigin origin, Depth depth) {
        return switch (origin.kind()) {
            case DIRECTORY, STORE, BACKUP -> new SurveyedCopy(DirectorySurvey.read(origin, depth));
            case IMAGE, ARCHIVE -> ImageSurvey.read(origin, depth);
            case MEMBER -> throw new AssertionError(origin); // Is asked.
        };
    }
}
