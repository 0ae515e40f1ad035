package io.metastore.recovery.internal.survey;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.OfflineLineage;
import io.metastore.recovery.internal.journal.JournalFilesScan;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.LoggedMembership;
import io.metastore.recovery.journal.SegmentScan;
import io.metastore.recovery.survey.Beginning;
import io.metastore.recovery.survey.CopyContents;
import io.metastore.recovery.survey.CopyIdentity;
import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Depth;
import io.metastore.recovery.survey.Finding;
import io.metastore.recovery.survey.JournalFacts;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.recovery.survey.KnownMembership.Origin;
import io.metastore.recovery.survey.StateFacts;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.recovery.survey.VoteFacts;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DirectoryInspection.Flaw;
import io.metastore.snapshot.files.EpochInspection;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.Lineage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads one member's directory, whatever is left of it. Used by one thread, once. */
public final class DirectorySurvey {
    private final CopyOrigin origin;
    private final Depth depth;
    private final BooleanSupplier ended;
    private final ReadingLayer layer = new ReadingLayer();
    private final Findings findings = new Findings();
    private final DirectoryInspection directory;
    private final boolean formed;
    private final List<KnownMembership> memberships = new ArrayList<>();
    private VoteFacts vote = VoteFacts.UNKNOWN;
    private JournalFacts journal = JournalFacts.NONE;
    private @Nullable JournalScan scan;
    private JournalBeginning beginning = new JournalBeginning(List.of(), "nothing");

    private DirectorySurvey(CopyOrigin origin, Depth depth, BooleanSupplier ended) {
        this.origin = origin;
        this.depth = depth;
        this.ended = ended;
        this.directory = DirectoryInspection.of(layer, origin.path());
        this.formed = directory.membership().map(Membership::formed).orElse(true);
    }

    /** What is there. Never fails by what it finds. */
    public static CopyContents read(CopyOrigin origin, Depth depth) {
        return read(origin, depth, () -> false);
    }

    /**
     * The same.
     *
     * @param ended whether nobody waits for it any more
     * @throws CancellationException it has ended
     */
    public static CopyContents read(CopyOrigin origin, Depth depth, BooleanSupplier ended) {
        return new DirectorySurvey(origin, depth, ended).read();
    }

    private CopyContents read() {
        flaws();
        List<SurveyedImage> images = List.of();
        Optional<StateFacts> state = Optional.empty();
        if (directory.epochDirectory().isPresent()) {
            // What follows from something else is read before it: so a state that is being written is not ahead of its
            // journal, nor an entry of its term.
            images = images();
            state = StateReader.read(layer, directory.epochDirectory().get(), formed, depth, findings);
            journal();
            checkTerm();
            checkMemberships();
            checkTogether(reached(state, images));
        }
        CopyIdentity identity = new CopyIdentity(
                directory.clusterId(),
                directory.store(),
                directory.epoch(),
                directory.self().map(DirectoryInspection.Self::member),
                directory.self().map(DirectoryInspection.Self::incarnation),
                directory.self().map(DirectoryInspection.Self::role),
                directory.self().map(DirectoryInspection.Self::address),
                beginnings(state));
        memberships.sort(Comparator.comparingLong(KnownMembership::index));
        return new CopyContents(origin, identity, journal, vote, state, images, memberships, findings.list());
    }

    /** By what is written beside the epochs, and for a member that entered one later by its state. */
    private List<Beginning> beginnings(Optional<StateFacts> state) {
        long live = directory.epoch().orElse(0L);
        Map<Long, UUID> found = new TreeMap<>();
        if (live > 1 && state.isPresent()) {
            try {
                OfflineLineage.of(layer, state.get().directory())
                        .forEach(each -> found.put(each.epoch(), each.recovery()));
            } catch (MetastoreException e) {
                findings.add(
                        Finding.Kind.STATE, state.get().directory(), "its lineage cannot be read: " + e.getMessage());
            }
        }
        directory.clusterId().ifPresent(cluster -> EpochInspection.of(layer, origin.path(), cluster).stream()
                .filter(epoch -> !epoch.takenBack())
                .flatMap(epoch -> epoch.genesis().stream())
                .forEach(genesis -> found.put(genesis.epoch(), genesis.recovery())));
        return found.entrySet().stream()
                .filter(each -> each.getKey() <= live)
                .map(each -> new Beginning(each.getKey(), each.getValue()))
                .toList();
    }

    private void flaws() {
        boolean nothing = directory.epoch().isEmpty() && directory.clusterId().isEmpty();
        if (nothing) {
            findings.add(
                    Finding.Kind.NOTHING,
                    origin.path(),
                    "nothing of a member is there: check the path, and whether its disk is mounted");
        }
        for (Flaw flaw : directory.flaws()) {
            findings.add(
                    flaw.ofMembership() ? Finding.Kind.MEMBERSHIP : Finding.Kind.IDENTITY, flaw.file(), flaw.what());
        }
        for (long epoch : directory.epochs()) {
            if (epoch > directory.epoch().orElse(0L)) {
                findings.add(
                        Finding.Kind.FOREIGN,
                        origin.path(),
                        "data of a later epoch is there and not in use: epoch=" + epoch + " current="
                                + directory.epoch().orElse(0L));
            }
        }
        directory
                .seal()
                .filter(seal -> seal.forbids(directory.epoch().orElse(0L)))
                .ifPresent(seal -> findings.add(
                        Finding.Kind.SEALED,
                        origin.path(),
                        "no member is started from it in epoch " + seal.epoch() + ": recovery=" + seal.recovery()
                                + " next=" + seal.next() + " since=" + seal.since()));
        directory.membership().ifPresent(each -> memberships.add(MembershipReader.of(Origin.MEMBER, each)));
    }

    private List<SurveyedImage> images() {
        List<SurveyedImage> images = new ArrayList<>();
        for (ImageReader.Read read : new ImageReader(layer, depth, findings)
                .all(directory.imageDirectory().orElseThrow())) {
            SurveyedImage image = read.image();
            if (read.manifest() != null
                    && !isOurs(new Lineage(
                            read.manifest().clusterId(),
                            read.manifest().store(),
                            read.manifest().epoch()))) {
                String foreign = "it is of another cluster or epoch: cluster="
                        + read.manifest().clusterId() + " epoch="
                        + read.manifest().epoch();
                findings.add(Finding.Kind.FOREIGN, image.path(), foreign);
                image = new SurveyedImage(image.path(), image.contents(), Optional.of(foreign), image.verified());
            } else if (read.manifest() != null && image.sound()) {
                memberships.add(
                        MembershipReader.of(Origin.IMAGE, read.manifest().membership()));
            }
            images.add(image);
        }
        return images;
    }

    private boolean isOurs(Lineage lineage) {
        return directory.clusterId().map(lineage.clusterId()::equals).orElse(true)
                && directory.epoch().map(epoch -> epoch == lineage.epoch()).orElse(true);
    }

    private void journal() {
        Path group = group();
        if (group == null) {
            if (formed) {
                findings.add(
                        Finding.Kind.JOURNAL, directory.journalDirectory().orElseThrow(), "the journal is missing");
                journal = JournalFacts.NONE.unbounded();
            }
            return;
        }
        Path current = group.resolve("current");
        MembershipReader.engine(layer, current, findings).ifPresent(memberships::add);
        HintReader hints = new HintReader();
        try {
            JournalScan all = JournalFilesScan.scan(current, entry -> {
                if (ended.getAsBoolean()) {
                    throw new CancellationException("the survey was ended: directory=" + origin.path());
                }
                hints.entry(entry);
            });
            beginning = JournalBeginning.read(layer, group, findings);
            scan(all, hints);
        } catch (DirectoryUnusableException e) {
            findings.add(Finding.Kind.JOURNAL, current, String.valueOf(e.getMessage()));
            journal = JournalFacts.NONE.unbounded();
        }
        vote = VoteReader.read(layer, current, findings);
        if (hints.unknown() > 0) {
            findings.add(
                    Finding.Kind.FORMAT,
                    current,
                    "commands that this build cannot read: count=" + hints.unknown() + " firstIndex="
                            + hints.firstUnknown());
        }
    }

    /** The group of the live epoch; where its id is not known, the only one there is. */
    private @Nullable Path group() {
        Path groups = directory.journalDirectory().orElseThrow();
        try {
            List<Path> found = new ArrayList<>();
            for (String name : layer.kind(groups) == Kind.DIRECTORY ? layer.list(groups) : List.<String>of()) {
                Path group = groups.resolve(name);
                if (isGroup(name) && layer.kind(group) == Kind.DIRECTORY) {
                    found.add(group);
                }
            }
            Optional<Path> expected = directory.group().map(id -> groups.resolve(id.toString()));
            for (Path other : found) {
                if (expected.isPresent() && !expected.get().equals(other)) {
                    findings.add(Finding.Kind.FOREIGN, other, "a journal of another cluster or epoch");
                }
            }
            if (expected.isPresent()) {
                return found.contains(expected.get()) ? expected.get() : null;
            }
            return found.size() == 1 ? found.get(0) : null;
        } catch (IOException e) {
            findings.add(Finding.Kind.JOURNAL, groups, "cannot be read: " + e);
            return null;
        }
    }

    private static boolean isGroup(String name) {
        try {
            return UUID.fromString(name).toString().equals(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void scan(JournalScan all, HintReader hints) {
        List<SegmentScan> kept = all.segments().stream()
                .filter(each -> !beginning.discards(each.namedFirst()))
                .toList();
        JournalScan found = new JournalScan(all.directory(), kept);
        scan = found;
        for (SegmentScan segment : found.segments()) {
            segment.damage().ifPresent(damage -> findings.add(kind(damage), damage.file(), damage));
        }
        boolean endKnown = isEndThere(found);
        LogPosition last = found.last();
        journal = new JournalFacts(
                kept.size(),
                kept.stream().mapToLong(SegmentScan::bytes).sum(),
                kept.isEmpty()
                        ? 0
                        : found.prefix().stream()
                                .mapToLong(SegmentScan::entries)
                                .sum(),
                found.first().orElse(-1L),
                last,
                endKnown ? found.lastIndexMax() : Long.MAX_VALUE,
                found.terms(),
                Math.min(
                        last.index(),
                        Math.max(hints.highest(), found.commitHints().highest())));
        for (LoggedMembership logged : found.memberships()) {
            memberships.add(new KnownMembership(Origin.JOURNAL, logged));
        }
    }

    private static Finding.Kind kind(Damage damage) {
        return damage.normalAfterCrash() ? Finding.Kind.TORN_TAIL : Finding.Kind.JOURNAL;
    }

    private boolean isEndThere(JournalScan found) {
        if (found.segments().isEmpty()) {
            boolean begins = !formed || beginning.last().index() >= 0;
            if (!begins) {
                findings.add(Finding.Kind.JOURNAL, found.directory(), "there are no entries");
            }
            return begins;
        }
        try {
            Optional<String> missing = JournalEnd.missing(layer, found);
            missing.ifPresent(what -> findings.add(Finding.Kind.JOURNAL, found.directory(), what));
            return missing.isEmpty();
        } catch (IOException e) {
            findings.add(Finding.Kind.JOURNAL, found.directory(), "cannot be read: " + e);
            return false;
        }
    }

    private static long reached(Optional<StateFacts> state, List<SurveyedImage> images) {
        long image = images.stream()
                .filter(SurveyedImage::sound)
                .mapToLong(each -> each.contents().orElseThrow().position().index())
                .max()
                .orElse(-1);
        return Math.max(image, state.map(each -> each.position().index()).orElse(-1L));
    }

    /** @param reached the last index that the state or a sound image holds */
    private void checkTogether(long reached) {
        if (scan == null) {
            return;
        }
        long begin =
                journal.first() >= 0 ? journal.first() - 1 : beginning.last().index();
        if (journal.first() > 0 && !beginning.allows(begin)) {
            missing("entries are missing that were not purged: expected: one of " + beginning.before()
                    + " as the last that is gone found: first=" + journal.first());
        }
        if (begin > reached && begin > reachedNow()) {
            missing("nothing sound reaches to where it begins: first=" + (begin + 1) + " state and images reach="
                    + reached);
        }
        if (journal.first() >= 0 && reached > journal.last().index()) {
            missing("it ends before what was applied: last=" + journal.last() + " applied=" + reached);
            journal = journal.unbounded();
        }
    }

    /** Beside a member that runs, the journal may have been purged behind an image that was not there yet. */
    private long reachedNow() {
        Findings again = new Findings();
        List<SurveyedImage> images = new ImageReader(layer, Depth.QUICK, again)
                .all(directory.imageDirectory().orElseThrow()).stream()
                        .map(ImageReader.Read::image)
                        .toList();
        return reached(
                StateReader.read(layer, directory.epochDirectory().orElseThrow(), formed, Depth.QUICK, again), images);
    }

    private void missing(String what) {
        findings.add(Finding.Kind.JOURNAL, directory.journalDirectory().orElseThrow(), what);
    }

    private void checkTerm() {
        if (vote.term() >= 0 && vote.term() < journal.last().term()) {
            findings.add(
                    Finding.Kind.VOTE,
                    origin.path(),
                    "the term of raft-meta is before that of the last entry: term=" + vote.term() + " last="
                            + journal.last());
        }
    }

    /** A membership from elsewhere whose entry the journal would hold, and does not, is not believed. */
    private void checkMemberships() {
        List<LoggedMembership> logged = memberships.stream()
                .filter(each -> each.origin() == Origin.JOURNAL)
                .map(KnownMembership::members)
                .toList();
        memberships.removeIf(known -> {
            boolean fits = known.origin() == Origin.JOURNAL
                    || journal.first() < 0
                    || MembershipReader.fits(
                            known, logged, journal.first(), journal.last().index());
            if (!fits) {
                MembershipReader.refuse(known, origin.path(), findings);
            }
            return !fits;
        });
    }
}
