package io.metastore.recovery.lineage;

import io.metastore.api.EpochBeginning;
import io.metastore.recovery.internal.survey.TextColumns;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * How the epochs of a cluster began, as the directory of one member knows it, and what each left behind.
 *
 * @param directory the member's
 * @param cluster its cluster
 * @param epochs the newest first; those whose recovery was undone among them
 * @param undecided what cannot be told of what was left behind, and which directory would tell, a sentence each
 * @param flaws what is damaged, missing, or contradicts the rest, for people
 */
public record EpochLineage(
        Path directory, UUID cluster, List<InspectedEpoch> epochs, List<String> undecided, List<String> flaws) {

    public EpochLineage {
        epochs = List.copyOf(epochs);
        undecided = List.copyOf(undecided);
        flaws = List.copyOf(flaws);
    }

    /**
     * Reads it from a directory, also beside a running process. Changes nothing, takes no lock. Reads the journals of all epochs that are there.
     *
     * @param others directories of other members, for what they have that was not taken over; as {@link io.metastore.recovery.branch.Branches#find}
     * @throws io.metastore.api.DirectoryMismatchException it is no member's
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     */
    public static EpochLineage of(Path directory, Path... others) {
        return new LineageInspector(directory).read(List.of(others));
    }

    /** A line for each epoch; then for each that began with a recovery who was sealed, who was missing, and why, and for each what was not taken over; for people. */
    public String toTable() {
        TextColumns table = new TextColumns("EPOCH", "STATE", "BEGAN", "FROM", "TIP", "BY", "VERDICT");
        StringBuilder details = new StringBuilder();
        for (InspectedEpoch epoch : epochs) {
            table.add(row(epoch));
            epoch.beginning().ifPresent(beginning -> details.append(details(beginning)));
            epoch.branches().forEach(branch -> details.append("epoch ")
                    .append(epoch.epoch())
                    .append(" left behind: ")
                    .append(branch)
                    .append('\n'));
        }
        undecided.forEach(line -> details.append("not known: ").append(line).append('\n'));
        flaws.forEach(flaw -> details.append("flaw: ").append(flaw).append('\n'));
        return "cluster " + cluster + "\n" + table.render() + details;
    }

    private static List<String> row(InspectedEpoch epoch) {
        String state = epoch.live() ? "live" : epoch.takenBack() ? "taken back" : epoch.here() ? "ended" : "not here";
        return epoch.beginning()
                .map(each -> List.of(
                        Long.toString(epoch.epoch()),
                        state,
                        each.created().toString(),
                        each.member(),
                        each.tip().term() + ":" + each.tip().index(),
                        each.by(),
                        each.verdict().replaceAll(":.*", "")))
                .orElse(List.of(Long.toString(epoch.epoch()), state, "-", "-", "-", "-", "-"));
    }

    private static String details(EpochBeginning beginning) {
        return "epoch " + beginning.epoch() + ": " + beginning.why() + "\n  verdict " + beginning.verdict()
                + "\n  sealed "
                + beginning.sealed() + "\n  missing " + beginning.missing() + "\n  recovery " + beginning.recovery()
                + "\n";
    }
}
