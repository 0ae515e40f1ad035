package io.metastore.recovery.inspect;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.EpochBeginning;
import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.OfflineLineage;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.snapshot.files.DirectoryInspection;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.image.PersistedImage;
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

/**
 * Reads how the epochs of a cluster began from the directory of one member, running or not: from the {@code GENESIS} files of the epochs that are there, and from what
 * the cluster recorded in the state, or the newest image that can be opened. Changes nothing, takes no lock. Used once, by one thread.
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

    EpochLineage read() {
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
            left.forEach((epoch, beginning) ->
                    epochs.add(new InspectedEpoch(epoch, false, false, false, Optional.of(beginning), true)));
            epochs.sort(Comparator.comparingLong(InspectedEpoch::epoch).reversed());
            return new EpochLineage(directory.root(), cluster, epochs, flaws);
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the epochs of a directory cannot be read: directory=" + directory.root() + " cause=" + e
                            + "; check the disk and permissions",
                    e);
        }
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
        return new InspectedEpoch(epoch, live, true, takenBack, written.or(() -> inState), inState.isPresent());
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
        EpochFiles files = new EpochFiles(layer);
        Path epoch = directory.epochDirectory().orElseThrow();
        List<Path> states = new ArrayList<>();
        files.state(epoch).ifPresent(states::add);
        files.images(epoch).stream().map(PersistedImage::directory).forEach(states::add);
        for (Path state : states) {
            try {
                OfflineLineage.of(layer, state).forEach(each -> recorded.put(each.epoch(), each));
                return;
            } catch (MetastoreException e) {
                flaws.add(String.valueOf(e.getMessage()));
            }
        }
    }
}
