package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.recovery.RaftModel.Bounds;
import io.metastore.recovery.journal.Membership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The verdict against all that can have happened: every state of a small group, every part of it as the survivors. {@code -Dverdict.entries=4} makes all logs
 * that long, which takes minutes.
 */
class VerdictModelTest {
    private static final int TERMS = 3;

    /** Of groups that do not change, which two tests look at. */
    private static final Map<Bounds, ModelViews> UNCHANGED = new HashMap<>();

    private static ModelViews views(Bounds bounds) {
        return bounds.change() == 0 ? UNCHANGED.computeIfAbsent(bounds, ModelViews::new) : new ModelViews(bounds);
    }

    @AfterAll
    static void forget() {
        UNCHANGED.clear();
    }

    static Stream<Bounds> groups() {
        List<Bounds> groups = new ArrayList<>();
        for (int voters = 1; voters <= 5; voters++) {
            for (int change = -1; change <= 1; change++) {
                if (voters + change > 0 && voters + change <= 5) {
                    groups.add(new Bounds(voters, change, TERMS, entries(voters + Math.max(0, change), change)));
                }
            }
        }
        return groups.stream();
    }

    private static int entries(int servers, int change) {
        int usual = servers <= 3 ? 4 : servers == 4 || change == 0 ? 3 : 2;
        return Math.max(usual, Integer.getInteger("verdict.entries", 0));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void neverProvesWhatIsNotSoAndAlwaysBracketsTheTruth(Bounds bounds) {
        int[] proven = new int[2];
        views(bounds).forEach((copies, truth) -> {
            Diagnosis diagnosis = Diagnosis.of(copies);
            boolean none = diagnosis.verdict().kind() == Verdict.Kind.PROVEN_NONE;
            proven[none ? 1 : 0]++;
            if (none && truth.loss) {
                throw new AssertionError("acknowledged entries are lost: " + diagnosis);
            }
            CommitBracket bracket = diagnosis.bracket();
            if (truth.fewest - 1 < bracket.proven() || truth.most - 1 > bracket.possible()) {
                throw new AssertionError("committed " + truth.fewest + " to " + truth.most + " entries: " + diagnosis);
            }
        });
        assertThat(proven[1]).isPositive();
        assertThat(proven[0] > 0).isEqualTo(bounds.servers() > 1);
    }

    /** Nothing stops the others from having gone on, as far as the bounds let them: then the verdict must say so exactly when they can have. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void provesWhateverCanBeProvenOfAGroupThatDoesNotChange(int voters) {
        Bounds bounds = new Bounds(voters, 0, TERMS, entries(voters, 0));
        views(bounds).forEach((copies, truth) -> {
            Diagnosis diagnosis = Diagnosis.of(copies);
            boolean none = diagnosis.verdict().kind() == Verdict.Kind.PROVEN_NONE;
            if (!none && !truth.loss && hasRoom(copies, bounds) && !unsettledHalf(copies, bounds)) {
                throw new AssertionError("nothing can be lost: " + diagnosis);
            }
        });
    }

    private static boolean hasRoom(List<Copy> copies, Bounds bounds) {
        return copies.stream()
                .allMatch(copy -> copy.term() < bounds.terms() && copy.last().index() + 2 < bounds.entries());
    }

    /** Of a group that never changes half would do always. */
    private static boolean unsettledHalf(List<Copy> copies, Bounds bounds) {
        long last = copies.stream()
                .map(Copy::last)
                .max(Comparator.naturalOrder())
                .orElseThrow()
                .term();
        return 2 * copies.size() == bounds.voters() && copies.stream().anyMatch(copy -> copy.term() > last);
    }

    // What the model must catch: the same rule with a mistake.

    @Test
    void catchesWhoTakesHalfOfTheVotersForEnough() {
        assertCaught(
                copies -> proves(copies, freshest(copies), current(copies, freshest(copies)), true),
                new Bounds(2, 1, TERMS, 3));
    }

    @Test
    void catchesWhoBelievesAChangeThatEnded() {
        assertCaught(
                copies -> {
                    List<Membership> all = freshest(copies).memberships();
                    return proves(copies, freshest(copies), all.subList(all.size() - 1, all.size()), false);
                },
                new Bounds(3, -1, TERMS, 4));
    }

    /** What a member was told is committed can be older than an entry that never was; half of the survivors' logs say nothing about that. */
    @Test
    void catchesWhoPutsAFresherLogAboveWhatIsKnownToBeCommitted() {
        List<List<Copy>> wrong = new ArrayList<>();
        new ModelViews(new Bounds(5, 0, TERMS, 2)).forEach((copies, truth) -> {
            Copy last = copies.stream().max(Comparator.comparing(Copy::last)).orElseThrow();
            if (last.sameUpTo(freshest(copies)) < truth.fewest - 1) {
                wrong.add(copies);
            }
        });
        assertThat(wrong).isNotEmpty();
    }

    @Test
    void catchesWhoGoesByTheLengthOfLogs() {
        assertCaughtChoosing(Comparator.comparingLong(copy -> copy.last().index()), new Bounds(3, 0, TERMS, 3));
    }

    @Test
    void catchesWhoGoesByTheCurrentTerm() {
        assertCaughtChoosing(
                Comparator.comparingLong(Copy::term)
                        .thenComparing(copy -> copy.last().index()),
                new Bounds(3, 0, TERMS, 3));
    }

    private static void assertCaught(Predicate<List<Copy>> mistaken, Bounds... groups) {
        List<List<Copy>> wrong = new ArrayList<>();
        for (Bounds bounds : groups) {
            new ModelViews(bounds).forEach((copies, truth) -> {
                if (truth.loss && mistaken.test(copies)) {
                    wrong.add(copies);
                }
            });
        }
        assertThat(wrong).isNotEmpty();
    }

    /** The verdict is right of the freshest log only: another choice lacks what a proof was given for. */
    private static void assertCaughtChoosing(Comparator<Copy> mistaken, Bounds bounds) {
        List<List<Copy>> wrong = new ArrayList<>();
        new ModelViews(bounds).forEach((copies, truth) -> {
            Copy chosen = copies.stream().max(mistaken).orElseThrow();
            boolean proven = Diagnosis.of(copies).verdict().kind() == Verdict.Kind.PROVEN_NONE;
            if (proven && chosen.sameUpTo(freshest(copies)) < truth.most - 1) {
                wrong.add(copies);
            }
        });
        assertThat(wrong).isNotEmpty();
    }

    private static Copy freshest(List<Copy> copies) {
        return Diagnosis.of(copies).candidates().get(0);
    }

    private static List<Membership> current(List<Copy> copies, Copy freshest) {
        long committed = copies.stream().mapToLong(Copy::committed).max().orElseThrow();
        return VerdictRule.current(freshest, committed);
    }

    /** As the rule says it, but for what is passed. */
    private static boolean proves(
            List<Copy> copies, Copy freshest, Collection<Membership> current, boolean halfIsEnough) {
        Set<String> surveyed = copies.stream().map(Copy::id).collect(Collectors.toSet());
        boolean settled =
                copies.stream().allMatch(copy -> copy.term() <= freshest.last().term());
        return current.stream().flatMap(each -> each.halves().stream()).allMatch(half -> {
            long there = half.stream().filter(surveyed::contains).count();
            return 2 * there > half.size() || (2 * there == half.size() && (halfIsEnough || settled));
        });
    }
}
