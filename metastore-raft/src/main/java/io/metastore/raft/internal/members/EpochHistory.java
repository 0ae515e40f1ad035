package io.metastore.raft.internal.members;

import io.metastore.api.EpochBeginning;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * By which recoveries a member has come into its epoch. Of two members of one cluster the history of one begins with that of the other, or the cluster was recovered
 * twice, apart.
 *
 * @param epoch the live one
 * @param steps the recoveries by which the epochs began, first to last; none for the first epoch
 */
public record EpochHistory(long epoch, List<Step> steps) {

    private static final String EPOCH = "epoch";
    private static final String STEPS = "epochs";

    /**
     * A recovery.
     *
     * @param epoch that it began
     */
    public record Step(long epoch, UUID recovery) {

        @Override
        public String toString() {
            return epoch + ":" + recovery;
        }

        static Step parse(String text) {
            int colon = text.indexOf(':');
            return new Step(Long.parseLong(text.substring(0, colon)), UUID.fromString(text.substring(colon + 1)));
        }
    }

    /** How another history stands to this one. */
    public enum Relation {
        SAME,
        /** The other member has been left behind by a recovery that this one knows. */
        BEHIND,
        /** The other one knows a recovery by which this member was left behind. */
        AHEAD,
        /** Neither comes from the other. */
        SPLIT
    }

    public EpochHistory {
        steps = List.copyOf(steps);
    }

    /**
     * That of a member.
     *
     * @param lineage as its state has it
     * @param last how the epoch began, when the member knows that without its state
     * @return null while the beginning of the epoch is not known
     */
    public static @Nullable EpochHistory of(long epoch, List<EpochBeginning> lineage, Optional<Step> last) {
        List<Step> steps = Stream.concat(
                        lineage.stream().map(beginning -> new Step(beginning.epoch(), beginning.recovery())),
                        last.stream())
                .filter(step -> step.epoch() <= epoch)
                .distinct()
                .sorted(Comparator.comparingLong(Step::epoch))
                .toList();
        return complete(epoch, steps);
    }

    private static @Nullable EpochHistory complete(long epoch, List<Step> steps) {
        long known = steps.isEmpty() ? 1 : steps.get(steps.size() - 1).epoch();
        return known == epoch ? new EpochHistory(epoch, steps) : null;
    }

    /** Adds it to what a member tells. */
    public MemberFacts tell(MemberFacts facts) {
        List<String> texts = steps.stream().map(Step::toString).toList();
        return facts.with(EPOCH, epoch).with(STEPS, String.join(",", texts));
    }

    /** What a member told; null when that was nothing, or nothing this build understands. */
    public static @Nullable EpochHistory heard(MemberFacts facts) {
        long epoch = facts.number(EPOCH);
        if (epoch < 1) {
            return null;
        }
        List<Step> steps = new ArrayList<>();
        try {
            for (String text : facts.text(STEPS).split(",", -1)) {
                if (!text.isEmpty()) {
                    steps.add(Step.parse(text));
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return null;
        }
        return complete(epoch, steps);
    }

    /** How the history of another member of the cluster stands to this one. */
    public Relation relationOf(EpochHistory other) {
        int common = Math.min(steps.size(), other.steps.size());
        if (!steps.subList(0, common).equals(other.steps.subList(0, common))) {
            return Relation.SPLIT;
        }
        return other.steps.size() == steps.size()
                ? Relation.SAME
                : other.steps.size() > steps.size() ? Relation.AHEAD : Relation.BEHIND;
    }

    /** The first recovery that another, later history has and this one has not. */
    public Step left(EpochHistory ahead) {
        return ahead.steps.get(steps.size());
    }
}
