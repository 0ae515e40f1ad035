package io.metastore.recovery.inspect;

import io.metastore.api.EpochBeginning;
import io.metastore.recovery.internal.survey.TextColumns;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * How the epochs of a cluster began, as the directory of one member knows it.
 *
 * @param directory the member's
 * @param cluster its cluster
 * @param epochs the newest first; those whose recovery was undone among them
 * @param flaws what is damaged, missing, or contradicts the rest, for people
 */
public record EpochLineage(Path directory, UUID cluster, List<InspectedEpoch> epochs, List<String> flaws) {

    public EpochLineage {
        epochs = List.copyOf(epochs);
        flaws = List.copyOf(flaws);
    }

    /**
     * Reads it from a directory, also beside a running process. Changes nothing, takes no lock.
     *
     * @throws io.metastore.api.DirectoryMismatchException it is no member's
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     */
    public static EpochLineage of(Path directory) {
        return new LineageInspector(directory).read();
    }

    /** A line for each epoch, then for each that began with a recovery who was sealed and who was missing, and why; for people. */
    public String toTable() {
        TextColumns table = new TextColumns("EPOCH", "STATE", "BEGAN", "FROM", "TIP", "BY", "VERDICT");
        StringBuilder details = new StringBuilder();
        for (InspectedEpoch epoch : epochs) {
            table.add(row(epoch));
            epoch.beginning().ifPresent(beginning -> details.append(details(beginning)));
        }
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
