package io.metastore.recovery.internal.reset;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.offline.OfflineJournal;
import io.metastore.raft.offline.StateDoubt;
import io.metastore.recovery.internal.journal.JournalFilesScan;
import io.metastore.recovery.journal.EntryVisitor;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.TermRun;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import io.metastore.snapshot.image.EpochContent;
import io.metastore.snapshot.image.Lineage;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.state.AppliedState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the directory of a stopped member the next epoch, in which it is the only voter: sealed, built beside the live epoch, verified by loading, made the live
 * one by one rename. Cut off at any point the directory is of the old epoch, sealed, or of the new one, whole; carried out again it comes to the same end.
 *
 * <p>The old epoch stays as it is, so that it can be taken back. For one thread.
 */
public final class DirectoryReset {
    private static final String STORE = "main";

    /** What is being done, for whoever shows it. */
    public enum Step {
        SEAL,
        MEMBERS,
        JOURNAL,
        IMAGES,
        STATE,
        VERIFY,
        PUBLISH
    }

    /**
     * What was made.
     *
     * @param epoch that is the live one now
     * @param state what the state is that was taken over; null when it is to be built from an image or the journal
     * @param images how many were taken over
     * @param leftOut what was not taken over and why
     */
    public record Made(long epoch, @Nullable AppliedState state, int images, List<String> leftOut) {}

    private final FileLayer files;
    private final Clock clock;
    private final Consumer<Step> steps;
    private final MemberSteps members;

    /** For orders without members of other processes. */
    public DirectoryReset(FileLayer files, Clock clock, Consumer<Step> steps) {
        this(files, clock, steps, MemberSteps.NONE);
    }

    public DirectoryReset(FileLayer files, Clock clock, Consumer<Step> steps, MemberSteps members) {
        this.files = files;
        this.clock = clock;
        this.steps = steps;
        this.members = members;
    }

    /**
     * Carries the order out.
     *
     * @throws RecoveryRefusedException {@link Reason#OTHER_CLUSTER}, {@link Reason#CHANGED_SINCE}, {@link Reason#SEALED} by another recovery: nothing was
     *     changed; {@link Reason#UNUSABLE_COPY}: nothing in it can be opened, and all are as they were
     * @throws io.metastore.api.MetastoreException as for {@link EpochSuccession#open}, or the disk refused: to be repeated
     */
    public Made run(Path directory, ResetOrder order) {
        return Holding.ofStopped(files).all(order.directories(directory), held -> run(held, order));
    }

    /**
     * Carries the order out in a directory that is held.
     *
     * @param held it, then the others, among them the one whose journal is taken over
     */
    public Made run(List<EpochSuccession> held, ResetOrder order) {
        EpochSuccession succession = held.get(0);
        try {
            Optional<Genesis> live = succession.genesis();
            if (live.isPresent() && live.get().recovery().equals(order.recovery())) {
                settle(succession, order);
                return new Made(live.get().epoch(), null, 0, List.of("the epoch was made before"));
            }
            OfflineJournal source = source(held, order);
            check(succession, source, order);
            return make(held, source, order);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the next epoch could not be made: directory=" + succession.root() + " cause=" + e
                            + "; the old one is as it was, and sealed; repeat it when the disk is well, or abort",
                    e);
        }
    }

    /** The journal that is taken over. */
    private OfflineJournal source(List<EpochSuccession> held, ResetOrder order) throws IOException {
        EpochSuccession own = held.get(0);
        if (order.fetched().isPresent()) {
            return new OfflineJournal(files, own.fetchedJournal(), own.group(order.epoch()));
        }
        if (order.journal().isEmpty()) {
            return journalOf(own, order.epoch());
        }
        Path wanted = files.realPath(order.journal().get());
        return held.stream()
                .filter(each -> each.root().equals(wanted))
                .findFirst()
                .map(each -> journalOf(each, order.epoch()))
                .orElseThrow(
                        () -> new IllegalArgumentException("the directory with the journal is not held: " + wanted));
    }

    private void check(EpochSuccession succession, OfflineJournal source, ResetOrder order) throws IOException {
        if (!succession.identity().clusterId().equals(order.cluster())) {
            throw refused(
                    succession,
                    Reason.OTHER_CLUSTER,
                    "cluster",
                    order.cluster(),
                    succession.identity().clusterId());
        }
        if (succession.epoch() != order.epoch()) {
            throw refused(succession, Reason.CHANGED_SINCE, "epoch", order.epoch(), succession.epoch());
        }
        Seal seal = succession.seal().orElse(null);
        if (seal != null && seal.forbids(order.epoch()) && !seal.recovery().equals(order.recovery())) {
            throw refused(succession, Reason.SEALED, "recovery", order.recovery(), seal.recovery());
        }
        LogPosition last = lastOf(journalOf(succession, order.epoch()));
        if (!last.equals(order.last())) {
            throw refused(succession, Reason.CHANGED_SINCE, "last entry", order.last(), last);
        }
        SourceJournal.read(source, order.tip()); // Has the tip.
    }

    private static LogPosition lastOf(OfflineJournal journal) throws IOException {
        LogPosition last =
                JournalFilesScan.scan(journal.entries(), EntryVisitor.NONE).last();
        return last.index() < 0 ? journal.before() : last;
    }

    private OfflineJournal journalOf(EpochSuccession succession, long epoch) {
        return new OfflineJournal(files, succession.journalDirectory(epoch), succession.group(epoch));
    }

    private Made make(List<EpochSuccession> held, OfflineJournal source, ResetOrder order) throws IOException {
        EpochSuccession succession = held.get(0);
        steps.accept(Step.SEAL);
        Seal seal = sealed(succession, order);
        sealMembers(held, order, seal);
        Path from = contents(succession, order);
        Path to = succession.begin(seal.next());
        SourceJournal journal = SourceJournal.read(source, order.tip());
        steps.accept(Step.JOURNAL);
        makeJournal(succession, source, order, journal, seal.next());
        StateDoubt doubt =
                StateDoubt.of(files, EpochContent.stateOf(files, from)).orElse(null);
        EpochContent content = new EpochContent(files, from, to, journal::goesOnFrom);
        steps.accept(Step.IMAGES);
        List<PersistedImage> images = content.images(
                lineage(succession, order.epoch()),
                lineage(succession, seal.next()),
                image -> doubt == null || image.index() <= doubt.imagesUpTo());
        steps.accept(Step.STATE);
        AppliedState state = content.state(doubt == null ? null : "it was found to be wrong: " + doubt.reason());
        steps.accept(Step.VERIFY);
        if (state == null && images.isEmpty() && journal.first() > 0) {
            giveUp(held, seal);
            throw new RecoveryRefusedException(
                    Reason.UNUSABLE_COPY,
                    "nothing in the copy can be opened: directory=" + succession.root() + " journalFirst="
                            + journal.first() + " found=" + content.leftOut()
                            + "; the directory is as it was; choose another copy");
        }
        List<TermRun> terms = verifyJournal(succession, order, seal.next());
        steps.accept(Step.PUBLISH);
        publish(succession, order, seal.next(), terms);
        return new Made(seal.next(), state, images.size(), content.leftOut());
    }

    /** Where images and state are taken from: from where the journal is when an image came with it, as that begins behind what is in the directory. */
    private Path contents(EpochSuccession succession, ResetOrder order) throws IOException {
        Path fetched = succession.fetchedDirectory();
        return order.fetched().isPresent() && files.kind(fetched.resolve("image")) == FileLayer.Kind.DIRECTORY
                ? fetched
                : succession.epochDirectory(order.epoch());
    }

    private void sealMembers(List<EpochSuccession> held, ResetOrder order, Seal seal) {
        if (order.members().isEmpty()) {
            return;
        }
        steps.accept(Step.MEMBERS);
        try {
            new MemberSealing(held.get(0), members).seal(seal);
        } catch (RecoveryRefusedException e) {
            if (e.reason() != Reason.SOURCE_SILENT) {
                giveUp(held, seal);
            }
            throw e;
        }
    }

    /** The promise of an attempt that was cut off, or a new one. */
    private Seal sealed(EpochSuccession succession, ResetOrder order) {
        Optional<Seal> there = succession
                .seal()
                .filter(seal -> seal.forbids(order.epoch()) && seal.recovery().equals(order.recovery()));
        if (there.isPresent()) {
            return there.get();
        }
        Seal seal = new Seal(
                order.recovery(),
                order.epoch(),
                Math.max(order.nextMin(), succession.unusedEpoch()),
                Seal.State.SEALED,
                order.last(),
                clock.instant());
        succession.order(OrderFile.encode(order));
        succession.seal(seal);
        return seal;
    }

    /**
     * Carries out what was begun in a directory and cut off.
     *
     * @throws RecoveryRefusedException {@link Reason#NOTHING_UNDER_WAY}; otherwise as {@link #run}
     */
    public Made resume(Path directory) {
        return resume(directory, Holding.ofStopped(files));
    }

    /** As above, with a way to hold it. */
    public Made resume(Path directory, Holding holding) {
        ResetOrder order = holding.one(directory, DirectoryReset::underWay);
        return holding.all(order.directories(directory), held -> run(held, order));
    }

    private static ResetOrder underWay(EpochSuccession succession) {
        boolean begun = succession
                .seal()
                .filter(seal -> seal.state() == Seal.State.SEALED)
                .isPresent();
        return succession
                .order()
                .filter(bytes -> begun)
                .map(bytes -> OrderFile.decode(succession.orderFile(), bytes))
                .orElseThrow(() -> new RecoveryRefusedException(
                        Reason.NOTHING_UNDER_WAY,
                        "no recovery was begun in the directory: directory=" + succession.root() + " epoch="
                                + succession.epoch() + "; nothing was changed"));
    }

    private static String address(Identity self, ResetOrder order) {
        return order.address().orElse(self.address());
    }

    /** What is outside the epoch. To be repeated when it was cut off. */
    private static void settle(EpochSuccession succession, ResetOrder order) {
        succession.discardFetched();
        succession.settleRole();
        succession.settleAddress(address(succession.identity(), order));
    }

    private void makeJournal(
            EpochSuccession succession, OfflineJournal source, ResetOrder order, SourceJournal journal, long next)
            throws IOException {
        Identity self = succession.identity();
        files.createDirectory(succession.journalDirectory(next));
        source.succeedBy(
                journalOf(succession, next),
                new OfflineJournal.Onward(
                        order.tip(), journal.tipEnd(), id(self), address(self, order), order.termMin()));
    }

    /**
     * As a reader that knows nothing of how it was made.
     *
     * @return where each term begins in what was taken over; of what a fetched journal goes on behind, by the journal that is here
     */
    private List<TermRun> verifyJournal(EpochSuccession succession, ResetOrder order, long next) throws IOException {
        OfflineJournal journal = journalOf(succession, next);
        SourceJournal made = SourceJournal.read(journal, order.tip());
        JournalScan scan = JournalFilesScan.scan(journal.entries(), EntryVisitor.NONE);
        if (!made.last().equals(order.tip()) || scan.damage().isPresent()) {
            throw new IOException("the journal that was made is not what it should be: journal=" + journal.directory()
                    + " expected=" + order.tip() + " found=" + made.last() + " damage=" + scan.damage());
        }
        return order.fetched().isEmpty()
                ? made.terms()
                : made.terms(SourceJournal.read(journalOf(succession, order.epoch()), order.last()));
    }

    private void publish(EpochSuccession succession, ResetOrder order, long next, List<TermRun> terms) {
        Identity self = succession.identity();
        Genesis genesis = new Genesis(
                order.recovery(),
                next,
                order.epoch(),
                order.tip(),
                id(self),
                clock.instant(),
                order.by(),
                order.why(),
                order.verdict(),
                order.plan(),
                order.sealed(),
                order.missing(),
                terms.stream()
                        .map(run -> new LogPosition(run.term(), run.first()))
                        .toList(),
                order.readmitted());
        succession.publish(
                new Membership(next, true, order.tip().index() + 1, List.of(member(self, address(self, order)))),
                genesis);
        settle(succession, order);
    }

    /** Nothing goes on in another epoch, so nobody is to be kept from the one before. */
    private void giveUp(List<EpochSuccession> held, Seal seal) {
        held.get(0).giveUp(seal.next());
        held.get(0).discardFetched();
        for (EpochSuccession each : held) {
            each.seal()
                    .filter(promise -> promise.state() == Seal.State.SEALED
                            && promise.recovery().equals(seal.recovery()))
                    .ifPresent(promise -> each.seal(promise.lifted(clock.instant())));
        }
    }

    private static Lineage lineage(EpochSuccession succession, long epoch) {
        return new Lineage(succession.identity().clusterId(), STORE, epoch);
    }

    private static Membership.Member member(Identity self, String address) {
        return new Membership.Member(self.memberName(), address, MemberRole.VOTER, Optional.of(self.incarnation()));
    }

    private static String id(Identity self) {
        return member(self, self.address()).id();
    }

    private static RecoveryRefusedException refused(
            EpochSuccession succession, Reason reason, String what, Object expected, Object found) {
        return new RecoveryRefusedException(
                reason,
                "the directory is not what the recovery is about: directory=" + succession.root() + " " + what
                        + ": expected=" + expected + " found=" + found
                        + "; nothing was changed; survey the copies again");
    }
}
