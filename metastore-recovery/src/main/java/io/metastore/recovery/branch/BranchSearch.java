package io.metastore.recovery.branch;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.recovery.branch.BranchEntries.Definitions;
import io.metastore.recovery.branch.BranchFacts.Kind;
import io.metastore.recovery.branch.TakenOver.Fork;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.recovery.internal.journal.JournalFilesScan;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.TermRun;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.EpochInspection;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Seal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Looks for branches in directories. For one thread. */
final class BranchSearch {

    private final DiskFileLayer files = new DiskFileLayer();
    private final List<Directory> directories = new ArrayList<>();
    private final List<Branch> found = new ArrayList<>();
    private final List<String> undecided = new ArrayList<>();
    /** Directories of epochs of which it is known by the journals what was not taken over. */
    private final Set<Path> decided = new HashSet<>();

    private final List<EpochEnd> ends;
    private final boolean withOverwritten;
    private final BooleanSupplier ended;

    /** A member's directory and what it holds. */
    private record Directory(
            Path root,
            UUID cluster,
            Optional<DirectoryInspection.Self> self,
            long live,
            Optional<Seal> seal,
            List<EpochInspection> epochs,
            List<Branch> kept) {

        /** As {@code name@incarnation}: of the live epoch as the directory says, of a former one as its membership does, as a member that came back has another now. */
        String member(long epoch) {
            Optional<String> then = epochs.stream()
                    .filter(each -> each.epoch() == epoch && epoch != live)
                    .flatMap(each -> each.membership().stream())
                    .flatMap(membership -> self.flatMap(each -> membership.member(each.member())).stream())
                    .map(Membership.Member::id)
                    .findFirst();
            return then.or(() -> self.map(each -> each.member() + "@" + each.incarnation()))
                    .orElse("");
        }

        /** The one that was exported when the member came back. */
        Optional<Branch> kept(long epoch) {
            return kept.stream().filter(each -> each.facts().epoch() == epoch).findFirst();
        }
    }

    BranchSearch(List<Path> roots) {
        this(roots, List.of(), true, () -> false);
    }

    private BranchSearch(List<Path> roots, List<EpochEnd> ends, boolean withOverwritten, BooleanSupplier ended) {
        this.ends = List.copyOf(ends);
        this.withOverwritten = withOverwritten;
        this.ended = ended;
        for (Path each : roots) {
            Path root = each.toAbsolutePath().normalize();
            if (directories.stream().noneMatch(known -> known.root().equals(root))) {
                read(root);
            }
        }
    }

    /**
     * What recoveries have left in one directory: of epochs that do not change any more, so that it need be looked for once.
     *
     * @param ends of former epochs, as its member knows them; empty when only its state can tell
     * @param ended whether nobody waits for it any more: then it ends with a {@link CancellationException}
     */
    static BranchSearch ofRecoveries(Path root, List<EpochEnd> ends, BooleanSupplier ended) {
        return new BranchSearch(List.of(root), ends, false, ended);
    }

    private void checkWanted() {
        if (ended.getAsBoolean()) {
            throw new CancellationException("nobody waits for the branches any more");
        }
    }

    private void read(Path root) {
        DirectoryInspection facts = DirectoryInspection.of(files, root);
        if (facts.clusterId().isEmpty() || facts.epoch().isEmpty()) {
            undecided.add(root + " does not say which member's directory it is: " + facts.flaws());
            return;
        }
        UUID cluster = facts.clusterId().get();
        directories.add(new Directory(
                root,
                cluster,
                facts.self(),
                facts.epoch().get(),
                facts.seal(),
                EpochInspection.of(files, root, cluster),
                kept(root)));
    }

    private List<Branch> kept(Path root) {
        List<Branch> kept = new ArrayList<>();
        try {
            for (Path file : Branches.keptFiles(files, root)) {
                kept.add(Branch.load(file));
            }
        } catch (MetastoreException e) {
            undecided.add("a branch that was kept cannot be read: " + e.getMessage());
        }
        return kept;
    }

    Branches run() {
        for (Directory directory : directories) {
            for (EpochInspection epoch : directory.epochs()) {
                try {
                    look(directory, epoch);
                    if (withOverwritten) {
                        overwritten(directory, epoch);
                    }
                } catch (DirectoryUnusableException e) {
                    undecided.add(String.valueOf(e.getMessage()));
                }
            }
            directory.kept().stream() // Where the journals tell, they tell more.
                    .filter(each -> !decided.contains(
                            epochDirectory(directory, each.facts().epoch())))
                    .forEach(found::add);
        }
        return new Branches(found, undecided);
    }

    private void look(Directory directory, EpochInspection epoch) {
        epoch.flaw()
                .ifPresent(flaw -> undecided.add("how epoch " + epoch.epoch() + " in " + directory.root()
                        + " began cannot be read, and so not what it left behind: " + flaw));
        if (epoch.takenBack()) {
            epoch.genesis().ifPresent(genesis -> takenBack(directory, epoch, genesis));
            return;
        }
        Genesis own = successor(directory, epoch.epoch()).orElse(null);
        if (own != null) {
            compare(Kind.CUT_TAIL, directory, epoch, directory, own);
        } else {
            endedElsewhere(directory, epoch);
        }
    }

    /** Empty path when it is not there any more. */
    private static Path epochDirectory(Directory directory, long epoch) {
        return directory.epochs().stream()
                .filter(each -> each.epoch() == epoch && !each.takenBack())
                .map(EpochInspection::directory)
                .findFirst()
                .orElse(Path.of(""));
    }

    private void overwritten(Directory directory, EpochInspection epoch) {
        JournalPlace journal = journal(epoch);
        if (journal == null) {
            return;
        }
        List<OverwrittenTail> tails;
        try {
            tails = OverwrittenTail.beside(files, journal);
        } catch (IOException | MetastoreException e) {
            undecided.add("what was cut off beside " + journal.directory() + " cannot be read: " + e.getMessage());
            return;
        }
        if (tails.isEmpty()) {
            return;
        }
        JournalScan scan = scan(journal);
        for (OverwrittenTail tail : tails) {
            JournalPlace place = tail.place(journal);
            JournalScan cut = scan(place);
            Fork fork = tail.leaves(scan, cut);
            if (fork.index() <= tail.last().index()) {
                Beyond beyond = new Beyond(BranchFacts.NO_RECOVERY, epoch.epoch(), tail.before(fork, cut), fork);
                add(
                        Kind.OVERWRITTEN,
                        directory,
                        epoch.epoch(),
                        beyond,
                        new JournalEntries(place, fork.index(), Optional.of(journal)),
                        cut);
            }
        }
    }

    private JournalScan scan(JournalPlace place) {
        return JournalFilesScan.scan(place.directory(), entry -> checkWanted());
    }

    private static Optional<Genesis> successor(Directory directory, long epoch) {
        return directory.epochs().stream()
                .filter(each -> !each.takenBack())
                .flatMap(each -> each.genesis().stream())
                .filter(genesis -> genesis.previous() == epoch)
                .findFirst();
    }

    private void takenBack(Directory directory, EpochInspection epoch, Genesis genesis) {
        JournalPlace journal = journal(epoch);
        if (journal != null) {
            Fork fork = new Fork(genesis.tip().index() + 1, true);
            add(Kind.TAKEN_BACK, directory, epoch.epoch(), genesis, journal, fork);
        }
    }

    /** It may have: the live one of a directory that was left behind, or the former one of a member that came back into the epoch that others began. */
    private void endedElsewhere(Directory directory, EpochInspection epoch) {
        boolean former = epoch.epoch() != directory.live();
        Optional<Seal> seal = directory.seal().filter(each -> !former && each.forbids(directory.live()));
        boolean known = false;
        for (Directory other : directories) {
            Genesis genesis = other.cluster().equals(directory.cluster())
                    ? successor(other, epoch.epoch()).orElse(null)
                    : null;
            boolean meant = genesis != null
                    && seal.stream().allMatch(each -> each.recovery().equals(genesis.recovery()));
            if (genesis != null && meant) {
                known = true;
                decided.add(epoch.directory());
                compare(Kind.OTHER_COPY, directory, epoch, other, genesis);
            }
        }
        known |= former && !known && isOnRecord(directory, epoch);
        boolean open = !known && (former || seal.isPresent());
        if (open && directory.kept(epoch.epoch()).isEmpty()) {
            undecided.add("which entries of " + directory.root() + " were not taken over when epoch " + epoch.epoch()
                    + " ended"
                    + seal.map(each -> " by recovery " + each.recovery()).orElse("")
                    + ": give the directory that went on with it as well");
        }
    }

    /** In the state of the epoch that its member came into: then no other directory is needed. */
    private boolean isOnRecord(Directory directory, EpochInspection former) {
        JournalPlace journal = journal(former);
        List<EpochEnd> recorded =
                ends.isEmpty() ? RecordedEnds.in(files, epochDirectory(directory, directory.live())) : ends;
        EpochEnd end = recorded.stream()
                .filter(each -> each.epoch() == former.epoch() && !each.terms().isEmpty())
                .findFirst()
                .orElse(null);
        if (journal == null || end == null) {
            return false;
        }
        decided.add(former.directory());
        compare(Kind.OTHER_COPY, directory, journal, end);
        return true;
    }

    private void compare(Kind kind, Directory directory, EpochInspection epoch, Directory other, Genesis genesis) {
        JournalPlace journal = journal(epoch);
        if (journal == null) {
            return;
        }
        List<LogPosition> terms = genesis.terms().isEmpty() ? terms(other, genesis) : genesis.terms();
        if (terms.isEmpty() && kind == Kind.CUT_TAIL) {
            add(
                    kind,
                    directory,
                    epoch.epoch(),
                    genesis,
                    journal,
                    new Fork(genesis.tip().index() + 1, true));
            return;
        }
        if (terms.isEmpty()) {
            undecided.add("which entries of " + directory.root() + " epoch " + genesis.epoch()
                    + " took over: the terms of what it took over are in neither GENESIS nor the journal of epoch "
                    + genesis.previous() + " in " + other.root());
            return;
        }
        EpochEnd end = new EpochEnd(genesis.recovery(), genesis.previous(), genesis.epoch(), genesis.tip(), terms);
        compare(kind, directory, journal, end);
    }

    private void compare(Kind kind, Directory directory, JournalPlace journal, EpochEnd end) {
        JournalScan scan = scan(journal);
        Fork fork = new TakenOver(end.terms(), end.tip()).fork(scan);
        if (!fork.exact() && fork.index() > scan.last().index()) {
            undecided.add("which entries of " + directory.root() + " epoch " + end.next()
                    + " took over: its journal ends at " + scan.last()
                    + ", and of what was taken over only the part from "
                    + end.terms().get(0) + " on is known");
        }
        Beyond beyond = new Beyond(end.recovery(), end.next(), end.tip(), fork);
        add(kind, directory, end.epoch(), beyond, new JournalEntries(journal, fork.index()), scan);
    }

    /** Of the journal that was taken over, which its directory keeps; for a beginning that an earlier build wrote. */
    private static List<LogPosition> terms(Directory other, Genesis genesis) {
        List<LogPosition> terms = new ArrayList<>();
        for (EpochInspection epoch : other.epochs()) {
            JournalPlace journal = epoch.takenBack() || epoch.epoch() != genesis.previous() ? null : journal(epoch);
            if (journal != null) {
                try (JournalInspector inspector = JournalInspector.open(journal)) {
                    for (TermRun run : inspector.scan().terms()) {
                        if (run.first() <= genesis.tip().index()) {
                            terms.add(new LogPosition(run.term(), run.first()));
                        }
                    }
                }
            }
        }
        return terms;
    }

    private void add(Kind kind, Directory directory, long epoch, Genesis genesis, JournalPlace journal, Fork fork) {
        Beyond beyond = new Beyond(genesis.recovery(), genesis.epoch(), genesis.tip(), fork);
        add(kind, directory, epoch, beyond, new JournalEntries(journal, fork.index()), scan(journal));
    }

    private void add(
            Kind kind, Directory directory, long epoch, Beyond beyond, JournalEntries entries, JournalScan scan) {
        if (scan.last().index() < beyond.fork().index()) {
            Counting.damage(scan)
                    .ifPresent(damage -> undecided.add("what " + directory.root() + " has of epoch " + epoch
                            + " behind " + scan.last() + ", where its journal cannot be read any further: " + damage));
            return;
        }
        Counting counting = new Counting();
        entries.read(Definitions.NONE, counting, this::checkWanted);
        found.add(new Branch(
                counting.facts(
                        new Counting.Origin(kind, directory.cluster(), epoch, directory.member(epoch)),
                        beyond,
                        Counting.damage(scan)),
                entries,
                Definitions.NONE));
    }

    /** Null when there is none. */
    private static @Nullable JournalPlace journal(EpochInspection epoch) {
        try {
            List<JournalPlace> places = JournalInspector.places(epoch.directory());
            return places.isEmpty() ? null : places.get(places.size() - 1);
        } catch (MetastoreException e) {
            throw new DirectoryUnusableException(String.valueOf(e.getMessage()), e);
        }
    }
}
