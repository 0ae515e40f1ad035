package io.metastore.snapshot.files;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One epoch that a member's directory holds, former ones and such that were taken back too. Reads only, never {@code LOCK}.
 *
 * @param directory where everything of it is
 * @param epoch its number
 * @param takenBack whether its recovery was undone
 * @param genesis how it began; empty for the first one, and where that cannot be read
 * @param flaw why that cannot be read; empty when nothing is wrong
 * @param membership who was in it, as its directory says: who its member was then, whatever it is now; empty where that cannot be read
 */
public record EpochInspection(
        Path directory,
        long epoch,
        boolean takenBack,
        Optional<Genesis> genesis,
        Optional<String> flaw,
        Optional<Membership> membership) {

    /** Those in a directory, ascending; of one number the one that was taken back first. Fails for no content; what cannot be read is a flaw. */
    public static List<EpochInspection> of(FileLayer layer, Path root, UUID cluster) {
        Layout layout = new Layout(root);
        List<EpochInspection> found = new ArrayList<>();
        try {
            for (String name : layer.list(layout.store())) {
                boolean takenBack = name.endsWith(EpochDirectories.TAKEN_BACK);
                String bare =
                        takenBack ? name.substring(0, name.length() - EpochDirectories.TAKEN_BACK.length()) : name;
                if (Layout.isEpochName(bare)) {
                    Path directory = layout.store().resolve(name);
                    found.add(inspected(layer, directory, Layout.epochOf(bare), takenBack, cluster));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of(); // No member's; DirectoryInspection says so.
        } catch (IOException e) {
            found.add(new EpochInspection(
                    layout.store(), 0, false, Optional.empty(), Optional.of("cannot be read: " + e), Optional.empty()));
        }
        found.sort(Comparator.comparingLong(EpochInspection::epoch).thenComparing(each -> !each.takenBack()));
        return found;
    }

    private static EpochInspection inspected(
            FileLayer layer, Path directory, long epoch, boolean takenBack, UUID cluster) {
        Path file = directory.resolve(Layout.GENESIS);
        Optional<Genesis> genesis = Optional.empty();
        Optional<String> flaw = Optional.empty();
        try {
            if (layer.kind(file) != Kind.ABSENT) {
                genesis = Optional.of(RecoveryFiles.readGenesis(file, layer.read(file), cluster));
            }
        } catch (IOException e) {
            flaw = Optional.of(file + " cannot be read: " + e);
        } catch (MetastoreException e) {
            flaw = Optional.of(String.valueOf(e.getMessage()));
        }
        return new EpochInspection(directory, epoch, takenBack, genesis, flaw, membership(layer, directory, cluster));
    }

    private static Optional<Membership> membership(FileLayer layer, Path directory, UUID cluster) {
        Path file = directory.resolve(Layout.MEMBERSHIP);
        try {
            return Optional.of(IdentityFiles.readMembership(file, layer.read(file), cluster));
        } catch (IOException | MetastoreException e) {
            return Optional.empty(); // Nothing depends on it but a name that is shown.
        }
    }
}
