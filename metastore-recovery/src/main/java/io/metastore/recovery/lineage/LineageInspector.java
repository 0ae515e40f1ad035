package io.metastore.recovery.lineage;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.EpochBeginning;
import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.OfflineLineage;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.BranchFacts;
import io.metastore.recovery.branch.Branches;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads how the epochs of a cluster began from the directory of one member, running or not: from the {@code GENESIS} files of the epochs that are there, and from what
 * the cluster recorded in the state, or the newest image that can be opened; and what the epochs left behind from the journals. Changes nothing, takes no lock. Used
 * once, by one thread.
 */
final class LineageInspector {
    private static final Pattern EPOCH = Pattern.compile("epoch-([0-9]{6,18})(\\.taken-back)?");

    private final FileLayer layer = new DiskFileLayer();
    private final DirectoryInspection directory;
    private final UUID cluster;
    private final List<String> flaws = new ArrayList<>();
    private final TreeMap<Long, EpochBeginning> recorded = new TreeMap<>();

    LineageInspector(Path path) {
        this.directory = DirectoryInspection.of(layer, path);
        this.cluster = directory
                .clusterId()
                .filter(any -> directory.epoch().isPresent())
                .orElseThrow(
                        () -> new DirectoryMismatchException("there is no member's data in the directory: directory="
                                + path + " found=" + directory.flaws() + "; check the path"));
    }

    EpochLineage read(List<Path> others) {
        try {
            record();
            List<InspectedEpoch> epochs = new ArrayList<>();
            TreeMap<Long, EpochBeginning> left = new TreeMap<>(recorded);
            Path store = directory.epochDirectory().orElseThrow().resolveSibling("");
            for (String name : layer.list(store)) {
                Matcher number = EPOCH.matcher(name);
                if (number.matches()) {
                    long epoch = Long.parseLong(number.group(1));
                    boolean takenBack = EpochSuccession.isTakenBack(name);
                    epochs.add(epoch(epoch, store.resolve(name), takenBack));
                    if (!takenBack) {
                        left.remove(epoch);
                    }
                }
            }
            left.forEach((epoch, beginning) -> epochs.add(
                    new InspectedEpoch(epoch, false, false, false, Optional.of(beginning), true, List.of())));
            Branches found = Branches.find(
                    Stream.concat(Stream.of(directory.root()), others.stream()).toList());
            List<InspectedEpoch> all = withBranches(epochs, found.list());
            all.sort(Comparator.comparingLong(InspectedEpoch::epoch).reversed());
            return new EpochLineage(directory.root(), cluster, all, found.undecided(), flaws);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the epochs of a directory cannot be read: directory=" + directory.root() + " cause=" + e
                            + "; check the disk and permissions",
                    e);
        }
    }

    /** Those of other clusters are none of this lineage. An epoch whose directory is gone, and that nobody recorded, is known by what it left behind alone. */
    private List<InspectedEpoch> withBranches(List<InspectedEpoch> epochs, List<Branch> branches) {
        List<Branch> left = new ArrayList<>(branches);
        left.removeIf(branch -> !branch.facts().cluster().equals(cluster));
        List<InspectedEpoch> all = new ArrayList<>();
        for (InspectedEpoch epoch : epochs) {
            List<Branch> own =
                    left.stream().filter(branch -> isOf(branch.facts(), epoch)).toList();
            left.removeAll(own);
            all.add(epoch.with(own));
        }
        TreeMap<Long, List<Branch>> elsewhere = new TreeMap<>();
        left.forEach(branch -> elsewhere
                .computeIfAbsent(branch.facts().epoch(), any -> new ArrayList<>())
                .add(branch));
        elsewhere.forEach(
                (epoch, own) -> all.add(new InspectedEpoch(epoch, false, false, false, Optional.empty(), false, own)));
        return all;
    }

    /** Epochs that were taken back have a row of their own. */
    private static boolean isOf(BranchFacts branch, InspectedEpoch epoch) {
        return branch.epoch() == epoch.epoch() && (branch.kind() == BranchFacts.Kind.TAKEN_BACK) == epoch.takenBack();
    }

    private InspectedEpoch epoch(long epoch, Path path, boolean takenBack) {
        Optional<EpochBeginning> written = genesis(path);
        Optional<EpochBeginning> inState = Optional.ofNullable(takenBack ? null : recorded.get(epoch));
        boolean live =
                !takenBack && directory.epoch().filter(each -> each == epoch).isPresent();
        if (written.isPresent()
                && inState.isPresent()
                && !written.get().recovery().equals(inState.get().recovery())) {
            flaws.add("an epoch began twice: epoch=" + epoch + " inDirectory="
                    + written.get().recovery() + " inState=" + inState.get().recovery());
        }
        return new InspectedEpoch(
                epoch, live, true, takenBack, written.or(() -> inState), inState.isPresent(), List.of());
    }

    private Optional<EpochBeginning> genesis(Path epoch) {
        try {
            return EpochSuccession.genesis(layer, epoch, cluster).map(LineageInspector::beginning);
        } catch (MetastoreException | IOException e) {
            flaws.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static EpochBeginning beginning(Genesis genesis) {
        return new EpochBeginning(
                genesis.epoch(),
                genesis.previous(),
                genesis.tip(),
                genesis.member(),
                genesis.created(),
                genesis.by(),
                genesis.why(),
                genesis.verdict(),
                genesis.sealed(),
                genesis.missing(),
                genesis.recovery());
    }

    /** What the state says, or the first image that can be opened. */
    private void record() throws IOException {
        for (Path state :
                new EpochFiles(layer).states(directory.epochDirectory().orElseThrow())) {
            try {
                OfflineLineage.of(layer, state).forEach(each -> recorded.put(each.epoch(), each));
                return;
            } catch (MetastoreException e) {
                flaws.add(String.valueOf(e.getMessage()));
            }
        }
    }
}
