package io.metastore.recovery;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.LogPosition;
import io.metastore.recovery.internal.survey.TextColumns;
import io.metastore.recovery.survey.Beginning;
import io.metastore.recovery.survey.CopyOrigin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What was found in all the places that were looked at. Immutable.
 *
 * @param copies in the order of their sources
 * @param access how the members that were asked are reached; not saved
 */
public record Survey(List<SurveyedCopy> copies, Access access) {

    public Survey {
        copies = List.copyOf(copies);
    }

    /** One without members elsewhere, or of members of which nothing more is asked. */
    public Survey(List<SurveyedCopy> copies) {
        this(copies, Access.OPEN);
    }

    /** The same, with what it takes to reach the members that were asked: for one that was loaded. */
    public Survey reaching(Access members) {
        return new Survey(copies, members);
    }

    /**
     * Writes it into one file, in place of one that is there; durable when it returns, and the file is the old or the new one whatever happens.
     *
     * @throws io.metastore.api.DirectoryUnusableException it cannot be written
     */
    public void save(Path file) {
        SurveyFile.save(this, file);
    }

    /**
     * Reads what was saved, on this host or another.
     *
     * @throws io.metastore.api.CorruptStateException the file was not written by {@link #save}, or was changed since
     * @throws DirectoryMismatchException a newer version of this library wrote it
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read
     */
    public static Survey load(Path file) {
        return SurveyFile.load(file);
    }

    /** All of it as one JSON object on one line: the field {@code survey} of the file that {@link #save} writes, see {@code docs/survey-format.md}. */
    public String toJson() {
        return SurveyFile.json(this);
    }

    /** This one and another of the same cluster, taken on another host; what is in both is there once. */
    public Survey merge(Survey other) {
        Set<SurveyedCopy> all = new LinkedHashSet<>(copies);
        all.addAll(other.copies);
        return new Survey(List.copyOf(all), hasMembers() ? access : other.access);
    }

    private boolean hasMembers() {
        return copies.stream().anyMatch(copy -> copy.origin().address().isPresent());
    }

    /**
     * What the copies, taken together, say about what was acknowledged. Of several copies of one member in one life at most the freshest is what it left; the
     * others count as backups.
     *
     * @throws DirectoryMismatchException they are of several clusters, or of one that was recovered twice, apart
     * @throws IllegalArgumentException there are none
     */
    public Diagnosis diagnose() {
        checkOneCluster();
        checkOneHistory();
        return Diagnosis.of(copies.stream().map(this::compared).toList());
    }

    /**
     * Where a copy of the diagnosis was found.
     *
     * @throws IllegalArgumentException it is not of a diagnosis of this survey
     */
    public SurveyedCopy surveyed(Copy candidate) {
        return copies.stream()
                .filter(copy -> compared(copy).equals(candidate))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a copy of this survey: " + candidate));
    }

    /** A copy as it counts beside the others. */
    Copy compared(SurveyedCopy surveyed) {
        Copy copy = surveyed.toCopy();
        List<SurveyedCopy> others = copies.stream()
                .filter(each -> each.id().isPresent() && each.id().equals(surveyed.id()) && !each.equals(surveyed))
                .toList();
        if (surveyed.complete() && others.stream().anyMatch(other -> mayHaveMore(other, surveyed))) {
            return copy.asIncomplete(Long.MAX_VALUE);
        }
        boolean ownDiskIsThere =
                others.stream().anyMatch(other -> other.origin().isOwn());
        return surveyed.origin().kind() == CopyOrigin.Kind.BACKUP && ownDiskIsThere
                ? copy.asIncomplete(copy.last().index()) // The other one says what there was.
                : copy;
    }

    /** Whether a copy shows, or does not exclude, that its member went on after another copy was taken. */
    private boolean mayHaveMore(SurveyedCopy other, SurveyedCopy copy) {
        int seen = Comparator.comparingLong(
                        (SurveyedCopy each) -> each.identity().epoch().orElse(0L))
                .thenComparingLong(each -> each.vote().term())
                .thenComparing(SurveyedCopy::last)
                .compare(other, copy);
        boolean first = copies.indexOf(other) < copies.indexOf(copy);
        return seen > 0
                || (seen == 0 && first && other.complete())
                || (other.origin().isOwn()
                        && !other.complete()
                        && other.toCopy().lastIndexMax() > copy.last().index());
    }

    private void checkOneCluster() {
        Map<UUID, List<String>> clusters = new TreeMap<>();
        for (SurveyedCopy copy : copies) {
            copy.identity().clusterId().ifPresent(cluster -> clusters.computeIfAbsent(cluster, any -> new ArrayList<>())
                    .add(copy.origin().label()));
        }
        if (clusters.size() > 1) {
            throw new DirectoryMismatchException("copies of several clusters cannot be compared: found=" + clusters
                    + "; survey those of one cluster");
        }
    }

    /** Epochs of one number that began by different recoveries have nothing to do with each other, whatever their terms and indexes say. */
    private void checkOneHistory() {
        Map<Long, Map<UUID, List<String>>> beginnings = new TreeMap<>();
        for (SurveyedCopy copy : copies) {
            for (Beginning beginning : copy.identity().beginnings()) {
                beginnings
                        .computeIfAbsent(beginning.epoch(), any -> new TreeMap<>())
                        .computeIfAbsent(beginning.recovery(), any -> new ArrayList<>())
                        .add(copy.origin().label());
            }
        }
        beginnings.forEach((epoch, recoveries) -> {
            if (recoveries.size() > 1) {
                throw new DirectoryMismatchException(
                        "the cluster was recovered twice, apart, and the copies are of two histories: epoch=" + epoch
                                + " copiesByRecovery=" + recoveries
                                + "; decide which history is to stay and survey the copies of that one; what the others have that"
                                + " it has not is a branch (Recovery.branches), to be exported and proposed again");
            }
        });
    }

    /**
     * What could be said if some of these copies were lost as well.
     *
     * @param labels of the copies
     * @throws IllegalArgumentException there is none with such a label, or no other is left
     */
    public Diagnosis whatIf(String... labels) {
        List<String> lost = List.of(labels);
        List<String> known = copies.stream().map(copy -> copy.origin().label()).toList();
        if (!known.containsAll(lost)) {
            throw new IllegalArgumentException("there are no such copies: asked=" + lost + " there are=" + known);
        }
        return new Survey(
                        copies.stream()
                                .filter(copy -> !lost.contains(copy.origin().label()))
                                .toList(),
                        access)
                .diagnose();
    }

    /** {@link #plan(PlanOptions)} with everything as it is best: from the freshest copy, all of its journal. */
    public RecoveryPlan plan() {
        return plan(PlanOptions.DEFAULT);
    }

    /**
     * What a recovery from these copies would do, step by step, and what it may cost. Changes nothing; looks at the directory it is to begin from for the space
     * that is needed.
     *
     * @throws io.metastore.api.RecoveryRefusedException {@link io.metastore.api.RecoveryRefusedException.Reason#QUORUM_ALIVE}, {@link
     *     io.metastore.api.RecoveryRefusedException.Reason#UNUSABLE_COPY}, {@link io.metastore.api.RecoveryRefusedException.Reason#SOURCE_SILENT}
     */
    public RecoveryPlan plan(PlanOptions options) {
        return new Planning(this, options).plan();
    }

    /** Copies that hold different states at the same position, in words: one of them is wrong. */
    public List<String> contradictions() {
        List<String> contradictions = new ArrayList<>();
        Map<String, SurveyedCopy> seen = new TreeMap<>();
        for (SurveyedCopy copy : copies) {
            for (Map.Entry<LogPosition, String> known : copy.fingerprints().entrySet()) {
                String key = copy.identity().clusterId() + " " + copy.identity().epoch() + " " + known.getKey();
                SurveyedCopy other = seen.putIfAbsent(key, copy);
                String before =
                        other == null ? known.getValue() : other.fingerprints().get(known.getKey());
                if (!known.getValue().equals(before)) {
                    contradictions.add("two copies hold different states at one position: position=" + known.getKey()
                            + " " + other + "=" + before + " " + copy.origin() + "=" + known.getValue());
                }
            }
        }
        return contradictions;
    }

    /** A line for each copy, then everything that was found in them, for people. */
    public String toTable() {
        TextColumns table = new TextColumns(
                "COPY",
                "MEMBER",
                "ROLE",
                "EPOCH",
                "LAST",
                "TERM",
                "COMMITTED",
                "APPLIED",
                "REVISION",
                "IMAGES",
                "JOURNAL",
                "COMPLETE");
        copies.forEach(copy -> table.add(SurveyTable.row(copy)));
        StringBuilder text = new StringBuilder(table.render());
        for (SurveyedCopy copy : copies) {
            SurveyTable.details(copy).forEach(line -> text.append(line).append('\n'));
        }
        contradictions().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /** As {@link #toTable}. */
    @Override
    public String toString() {
        return toTable();
    }
}
