package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.internal.intent.Intent;
import io.metastore.recovery.internal.intent.IntentFile;
import io.metastore.recovery.internal.remote.MemberCheck;
import io.metastore.recovery.internal.reset.DirectoryReset;
import io.metastore.recovery.internal.reset.FetchRate;
import io.metastore.recovery.internal.reset.Holding;
import io.metastore.recovery.internal.reset.JournalFetch;
import io.metastore.recovery.internal.reset.LiveBeginning;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.MemberSeal;
import io.metastore.recovery.internal.reset.PlanDigest;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a recovery would do. Immutable; nothing happens before {@link #apply}.
 *
 * @param target the directory that goes on, alone
 * @param others the directories that are sealed, so that no member is started from them in the old epoch
 * @param missing voters of the old epoch of which there is no directory, as {@code name@incarnation}
 * @param verdict what acknowledged writes may be lost by this plan
 * @param risks what else there is to know, a sentence each
 * @param spaceBytes that are needed on the disk of the target
 * @param by who asks
 * @param why in their words
 * @param elsewhere what is done with members of other processes
 * @param readmitted the others that come back into the new epoch by the plan, in this order
 */
public record RecoveryPlan(
        Target target,
        List<Other> others,
        List<String> missing,
        Verdict verdict,
        List<String> risks,
        long spaceBytes,
        String by,
        String why,
        Elsewhere elsewhere,
        List<Readmitted> readmitted) {

    private static final String FETCH = "fetch";

    /**
     * What is done with members of other processes.
     *
     * @param members those that are sealed
     * @param gone where those listened that are said to be gone: none of them may answer
     * @param access how they are reached
     * @param fetch what is taken over from one of them; empty when it is here
     * @param absent voters of which there is no copy, and whom no member was asked for: nobody may be where they listened
     */
    public record Elsewhere(
            List<Remote> members, List<String> gone, Access access, Optional<Fetch> fetch, List<Absent> absent) {
        public Elsewhere {
            members = List.copyOf(members);
            gone = List.copyOf(gone);
            absent = List.copyOf(absent);
        }

        /** Where nobody may be when it is applied. */
        public List<String> nobodyAt() {
            return Stream.concat(gone.stream(), absent.stream().map(Absent::address))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    /**
     * A voter of which there is no copy.
     *
     * @param member as {@code name@incarnation}
     * @param address where it listened
     */
    public record Absent(String member, String address) {

        @Override
        public String toString() {
            return member + " at " + address;
        }
    }

    /**
     * The end of a journal that is brought here before anything is sealed.
     *
     * @param address where its member listens
     * @param member as {@code name@incarnation}
     * @param behind position of a state or image that it goes on from; {@link LogPosition#NONE} for all of it
     * @param image whether that is an image of that member, which is brought too
     * @param last last entry of it
     * @param bytesMax most that it can be
     * @param bytesPerSecond most that is asked for; {@link PlanOptions#UNLIMITED} for no limit
     */
    public record Fetch(
            String address,
            String member,
            LogPosition behind,
            boolean image,
            LogPosition last,
            long bytesMax,
            long bytesPerSecond) {

        private MemberFetch wanted() {
            return new MemberFetch(address, member, behind, image, last);
        }
    }

    /**
     * A member of another process that is sealed, by itself.
     *
     * @param address where it listens
     * @param member as {@code name@incarnation}
     * @param last last entry of its journal
     * @param voter whether it had a vote
     */
    public record Remote(String address, String member, LogPosition last, boolean voter) {}

    /**
     * The directory that goes on.
     *
     * @param directory a member's
     * @param member as {@code name@incarnation}
     * @param cluster it belongs to
     * @param epoch that ends
     * @param last last entry of its journal
     * @param tip last entry that is taken over
     * @param termMin a term as high as any that was seen
     * @param running whether a store of this process has it open, which goes on with it
     * @param journal directory of the member whose journal is taken over: this one, or one of the others that has more; this one as well for a journal that is fetched
     * @param address where the member listens from then on; where it did when empty
     */
    public record Target(
            Path directory,
            String member,
            UUID cluster,
            long epoch,
            LogPosition last,
            LogPosition tip,
            long termMin,
            boolean running,
            Path journal,
            Optional<String> address) {

        boolean takesItsOwnJournal() {
            return journal.equals(directory);
        }
    }

    /**
     * A directory that is sealed.
     *
     * @param directory a stopped member's
     * @param member as {@code name@incarnation}
     * @param last last entry of its journal
     * @param running whether a store of this process has it open, which serves local reads only from then on
     * @param voter whether it had a vote
     */
    public record Other(Path directory, String member, LogPosition last, boolean running, boolean voter) {}

    /**
     * A member that comes back, as another incarnation, as soon as it is started.
     *
     * @param member as {@code name@incarnation}
     * @param address where it listened
     * @param voter whether it gets a vote; an observer stays one
     */
    public record Readmitted(String member, String address, boolean voter) {

        /** Of the member, whichever incarnation. */
        public String name() {
            return nameOf(member);
        }

        private Membership.Member wanted() {
            return new Membership.Member(
                    name(),
                    address,
                    voter ? MemberRole.VOTER : MemberRole.OBSERVER,
                    Optional.of(UUID.fromString(member.substring(name().length() + 1))));
        }
    }

    public RecoveryPlan {
        others = List.copyOf(others);
        missing = List.copyOf(missing);
        risks = List.copyOf(risks);
        readmitted = List.copyOf(readmitted);
    }

    /** What is done, in order, a sentence each. */
    public List<String> steps() {
        return new PlanText(this).steps();
    }

    /** Names exactly this plan: what a {@link Consent} is bound to. 32 hexadecimal digits. */
    public String digest() {
        return PlanDigest.of(new PlanText(this).body());
    }

    /** All of it, for people, with its digest. */
    @Override
    public String toString() {
        return new PlanText(this).body() + "digest: " + digest() + "\n";
    }

    /** Of a member that is named as {@code name@incarnation}. */
    static String nameOf(String member) {
        return member.substring(0, member.lastIndexOf('@'));
    }

    /** In a few words. */
    static String describe(Verdict verdict) {
        return switch (verdict.kind()) {
            case PROVEN_NONE -> "PROVEN_NONE: nothing that was acknowledged is lost";
            case BOUNDED ->
                "BOUNDED: acknowledged writes at index " + verdict.firstAtRisk() + " to " + verdict.lastAtRisk()
                        + " may be lost";
            case UNBOUNDED -> "UNBOUNDED: acknowledged writes from index " + verdict.firstAtRisk() + " on may be lost";
        };
    }

    /**
     * Carries it out. Blocks. Cut off at any point, it is to be applied again, or {@link Recovery#resume resumed}, or {@link Recovery#abort aborted}; until then no
     * member is started from the directories.
     *
     * @throws RecoveryRefusedException {@link Reason#OTHER_PLAN}, {@link Reason#NO_SPACE}, {@link Reason#CHANGED_SINCE}, {@link Reason#SEALED}, {@link
     *     Reason#UNUSABLE_COPY}; {@link Reason#MEMBER_ANSWERS} one that was said to be gone answers; {@link Reason#SOURCE_SILENT} a member of another process does
     *     not: when that is found while it is sealed, what was sealed stays so
     * @throws io.metastore.api.DirectoryInUseException a member runs in one of the directories
     * @throws io.metastore.api.MetastoreException a disk refused
     */
    public RecoveryResult apply(Consent consent) {
        return apply(consent, step -> {});
    }

    /**
     * The same.
     *
     * @param steps hears on this thread what is being done, a word each, before it is
     */
    public RecoveryResult apply(Consent consent, Consumer<String> steps) {
        return apply(consent, new DiskFileLayer(), Clock.systemUTC(), steps);
    }

    /** The same, for whoever wants to know as well how far it has come. */
    public RecoveryResult apply(Consent consent, RecoveryProgress progress) {
        return apply(consent, new DiskFileLayer(), Clock.systemUTC(), progress);
    }

    RecoveryResult apply(Consent consent, FileLayer files, Clock clock, Consumer<String> steps) {
        String[] last = {""};
        return apply(consent, files, clock, (step, done, total) -> {
            if (!step.equals(last[0])) {
                last[0] = step;
                steps.accept(step);
            }
        });
    }

    private RecoveryResult apply(Consent consent, FileLayer files, Clock clock, RecoveryProgress progress) {
        check(consent);
        List<String> done = new ArrayList<>();
        ResetOrder wanted = checkElsewhere(order());
        DirectoryReset.Made made = held(files).all(directories(), held -> {
            ResetOrder order = new Sealing(files, clock, sealed(), spaceBytes)
                    .run(held, wanted, done, own -> fetch(files, own, wanted, progress));
            return new DirectoryReset(
                            files, clock, step -> progress.at(word(step), 0, -1), Remotes.steps(elsewhere.access()))
                    .run(held, order);
        });
        elsewhere
                .fetch()
                .ifPresent(fetch -> done.add("fetched: the journal of " + fetch.member() + " at " + fetch.address()));
        elsewhere.members().forEach(member -> done.add("sealed: " + member.member() + " at " + member.address()));
        done.add("journal up to " + target.tip() + ", " + made.images() + " images and "
                + (made.state() == null
                        ? "no state"
                        : "the state at " + made.state().position())
                + " were taken over");
        made.leftOut().forEach(line -> done.add("not taken over: " + line));
        if (target.running()) {
            new LiveBeginning(target.directory()).complete(made.epoch(), done);
        }
        return new RecoveryResult(
                target.directory(),
                target.member(),
                made.epoch(),
                verdict,
                target.running(),
                done,
                voters(),
                readmitted);
    }

    /** The others that had a vote, whether they were there or not. */
    private List<String> voters() {
        Stream<String> here = others.stream().filter(Other::voter).map(Other::member);
        Stream<String> there =
                elsewhere.members().stream().filter(Remote::voter).map(Remote::member);
        return Stream.of(here, there, missing.stream())
                .flatMap(each -> each)
                .map(RecoveryPlan::nameOf)
                .distinct()
                .sorted()
                .toList();
    }

    private static String word(DirectoryReset.Step step) {
        return step.name().toLowerCase(Locale.ROOT);
    }

    /** Brings here what is to be taken over and is not here; nothing when it is. */
    void fetch(FileLayer files, EpochSuccession own, ResetOrder order, RecoveryProgress progress) {
        elsewhere.fetch().ifPresent(fetch -> {
            progress.at(FETCH, 0, -1);
            new JournalFetch(
                            files,
                            Remotes.steps(elsewhere.access()),
                            fetch.wanted(),
                            new FetchRate(fetch.bytesPerSecond(), FetchRate.Waiting.SYSTEM),
                            (bytes, of) -> progress.at(FETCH, bytes, of))
                    .run(own, order);
        });
    }

    private void check(Consent consent) {
        if (!consent.digest().equals(digest())) {
            throw new RecoveryRefusedException(
                    Reason.OTHER_PLAN,
                    "the consent is to another plan: plan=" + digest() + " consent=" + consent.digest()
                            + "; nothing was changed; read this plan, then consent to it");
        }
    }

    /** Those that are to be sealed can be, and those that are gone are. Changes nothing. */
    private ResetOrder checkElsewhere(ResetOrder order) {
        elsewhere.gone().forEach(address -> Remotes.checkGone(address, address, elsewhere.access()));
        Unseen.check(elsewhere.absent());
        return new MemberCheck(Remotes.steps(elsewhere.access())).upTo(order);
    }

    /**
     * Writes it down beside the data of the target, in a file that {@link MetaStore.Builder#open} finds: the next opening carries the plan out as {@link #apply} would,
     * refuses as that would, and goes on in the new epoch. For applications that cannot call code; they need metastore-recovery on their class path. Durable when it
     * returns; until that opening nothing is changed.
     *
     * <p>Once: the file is the consent to this plan for these directories as they are, and worth nothing after it was carried out, or after any other recovery was
     * begun in one of them; also a copy of it, left there for however many openings. {@link Recovery#cancelIntent} takes it back before.
     *
     * <p>Members of other processes that it seals are looked at now, and asked by whoever opens the directory, with the token and the certificates that its store is
     * opened with.
     *
     * @return the file
     * @throws RecoveryRefusedException {@link Reason#OTHER_PLAN}, {@link Reason#CHANGED_SINCE}, {@link Reason#SEALED}, {@link Reason#QUORUM_ALIVE}; {@link
     *     Reason#MEMBER_ANSWERS} one that was said to be gone answers; {@link Reason#SOURCE_SILENT} a member of another process does not
     * @throws io.metastore.api.DirectoryInUseException a member runs in one of the directories, in this process or another
     * @throws io.metastore.api.MetastoreException a disk refused
     */
    public Path intend(Consent consent) {
        check(consent);
        ResetOrder order = checkElsewhere(order().as(UUID.randomUUID(), target.epoch() + 1));
        Instant now = Clock.systemUTC().instant();
        return IntentFile.write(
                new DiskFileLayer(),
                target.directory(),
                new Intent(
                        order,
                        target.member(),
                        spaceBytes,
                        sealed(),
                        elsewhere.nobodyAt(),
                        elsewhere.access().deadline(),
                        elsewhere.fetch().map(fetch -> new Intent.Fetch(fetch.wanted(), fetch.bytesPerSecond())),
                        now));
    }

    /**
     * Carries it out on a clone of the target beside it, made of hard links, and on one of the directory whose journal is taken over beside that; starts a member from the
     * result in this JVM, without a network; lets the application look at it; and deletes the clones. Touches no real directory. Blocks.
     *
     * @param settings what the application opens its store with, apart from directory, member and network: token, commands, limits. The first call opens it
     * @param checks throws what it wants when the result is not as it should be
     * @throws RecoveryRefusedException as {@link #apply}
     * @throws io.metastore.api.MetastoreException the result could not be opened
     */
    public RehearsalResult rehearse(UnaryOperator<MetaStore.Builder> settings, Consumer<MetaStore> checks) {
        return new Rehearsal(this).run(order().alone(), settings, checks);
    }

    private Holding held(FileLayer files) {
        Set<Path> running = Stream.concat(
                        Stream.of(target).filter(Target::running).map(Target::directory),
                        others.stream().filter(Other::running).map(Other::directory))
                .collect(Collectors.toSet());
        return Holding.of(files, "recovery " + digest().substring(0, 8), running::contains);
    }

    private List<Path> directories() {
        return Stream.concat(Stream.of(target.directory()), others.stream().map(Other::directory))
                .toList();
    }

    private List<Sealing.Directory> sealed() {
        return others.stream()
                .map(other -> new Sealing.Directory(other.directory(), other.last()))
                .toList();
    }

    private ResetOrder order() {
        return new ResetOrder(
                UUID.nameUUIDFromBytes(digest().getBytes(StandardCharsets.US_ASCII)),
                target.cluster(),
                target.epoch(),
                target.tip(),
                target.last(),
                target.termMin(),
                target.epoch() + 1,
                by,
                why,
                describe(verdict),
                digest(),
                Stream.concat(
                                others.stream().map(Other::member),
                                elsewhere.members().stream().map(Remote::member))
                        .toList(),
                missing,
                target.takesItsOwnJournal() ? Optional.empty() : Optional.of(target.journal()),
                elsewhere.members().stream()
                        .map(member -> new MemberSeal(member.address(), member.member(), member.last()))
                        .toList(),
                target.address(),
                elsewhere.fetch().map(Fetch::member),
                readmitted.stream().map(Readmitted::wanted).toList());
    }
}
