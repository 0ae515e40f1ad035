package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.recovery.RaftModel.Bounds;
import io.metastore.recovery.RaftModel.Change;
import io.metastore.recovery.RaftModel.Detail;
import io.metastore.recovery.journal.Membership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The verdict against all that can have happened: every state of a small group, every part of it as the survivors.
 */
class VerdictModelTest {
    private static final int TERMS = 3;
    private static final int ENTRIES = Integer.getInteger("verdict.entries", 0);

    static Stream<Bounds> groups() {
        List<Bounds> groups = new ArrayList<>();
        for (int voters = 1; voters <= 5; voters++) {
            for (Change change : Change.values()) {
                if (voters + change.votes > 0 && voters + change.votes <= 5) {
                    groups.add(new Bounds(voters, change, 1, TERMS, Math.max(3, ENTRIES)));
                }
            }
        }
        return groups.stream();
    }

    /**
     * Nothing is proven that is not so; what others can have lost is not proven, and all else is, as far as the bounds let the others go on; what is committed is
     * between the bounds that are told.
     */
    @ParameterizedTest
    @MethodSource("groups")
    void provesWhatIsSoAndNothingElseAndAlwaysBracketsTheTruth(Bounds bounds) {
        long start = System.nanoTime();
        ModelViews views = new ModelViews(bounds);
        int[] counts = new int[4]; // Not proven, proven, lost, not proven though nothing can be lost.
        views.forEach((copies, truth) -> {
            Diagnosis diagnosis = Diagnosis.of(copies);
            boolean none = diagnosis.verdict().kind() == Verdict.Kind.PROVEN_NONE;
            counts[none ? 1 : 0]++;
            counts[2] += truth.loss ? 1 : 0;
            if (none && truth.loss) {
                throw new AssertionError("acknowledged entries are lost: " + diagnosis);
            }
            CommitBracket bracket = diagnosis.bracket();
            if (truth.fewest - 1 < bracket.proven() || truth.most - 1 > bracket.possible()) {
                throw new AssertionError("committed " + truth.fewest + " to " + truth.most + " entries: " + diagnosis);
            }
            if (!none && argumentApplies(copies)) {
                throw new AssertionError("it can be proven that nothing is lost: " + diagnosis);
            }
            if (!none && !truth.loss && truth.room) {
                counts[3]++;
                if (bounds.change().votes == 0 && !isUnsettledHalf(copies, bounds)) {
                    throw new AssertionError("nothing can be lost: " + diagnosis);
                }
            }
        });
        System.out.printf(
                Locale.ROOT,
                "verdict: %s: states=%d views=%d proven=%d notProven=%d ofThemLost=%d ofThemStricterThanNeeded=%d ms=%d%n",
                bounds,
                views.model().states(),
                views.size(),
                counts[1],
                counts[0],
                counts[2],
                counts[3],
                (System.nanoTime() - start) / 1_000_000);
        assertThat(views.model().boundsWereReached()).as("%s", bounds).isTrue();
        assertThat(counts[1]).isPositive();
        assertThat(counts[0] > 0).isEqualTo(bounds.everVoters() > 1 || bounds.observers() > 0);
    }

    /** More than half of the voters of every membership that is in any of the logs, or half if nobody has voted since the freshest entry. */
    private static boolean argumentApplies(List<Copy> copies) {
        Set<String> surveyed = copies.stream().map(Copy::id).collect(Collectors.toSet());
        boolean settled = isSettled(copies);
        for (Copy copy : copies) {
            for (Membership membership : copy.memberships()) {
                for (Set<String> half : membership.halves()) {
                    long there = half.stream().filter(surveyed::contains).count();
                    if (2 * there < half.size() || (2 * there == half.size() && !settled)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean isSettled(List<Copy> copies) {
        long last = freshest(copies).last().term();
        return copies.stream().allMatch(copy -> copy.term() <= last);
    }

    /** Of a group that never changes half would do always. */
    private static boolean isUnsettledHalf(List<Copy> copies, Bounds bounds) {
        return 2 * copies.stream().filter(Copy::voter).count() == bounds.voters() && !isSettled(copies);
    }

    // What stands for all is all.

    @ParameterizedTest
    @MethodSource("groups")
    void observersThatTakePartAndTermsThatAreSkippedAddNothing(Bounds bounds) {
        if (bounds.everVoters() > 3) {
            return;
        }
        Bounds some = new Bounds(bounds.voters(), bounds.change(), 1, TERMS, 3);
        Set<String> views = told(some);
        assertThat(told(with(some, Detail.OBSERVERS_TAKE_PART))).isEqualTo(views);
        assertThat(told(with(some, Detail.TERMS_ARE_SKIPPED))).isEqualTo(views);
    }

    private static Bounds with(Bounds bounds, Detail detail) {
        return new Bounds(
                bounds.voters(), bounds.change(), bounds.observers(), bounds.terms(), bounds.entries(), detail);
    }

    private static Set<String> told(Bounds bounds) {
        Set<String> all = new HashSet<>();
        new ModelViews(bounds)
                .forEach((copies, truth) ->
                        all.add(copies + " " + truth.loss + " " + truth.fewest + " " + truth.most));
        return all;
    }

    // What the model must catch: the same rule with a mistake.

    @Test
    void catchesWhoTakesHalfOfTheVotersForEnough() {
        assertCaught(
                copies -> proves(copies, freshest(copies), current(copies, freshest(copies)), true),
                new Bounds(2, Change.VOTER_JOINS, 0, TERMS, 3));
    }

    @Test
    void catchesWhoBelievesAChangeThatEnded() {
        assertCaught(
                copies -> {
                    List<Membership> all = freshest(copies).memberships();
                    return proves(copies, freshest(copies), all.subList(all.size() - 1, all.size()), false);
                },
                new Bounds(3, Change.VOTER_LEAVES, 0, TERMS, 4));
    }

    @Test
    void catchesWhoCountsAnObserverAsAVoter() {
        assertCaught(
                copies -> current(copies, freshest(copies)).stream()
                        .flatMap(each -> each.halves().stream())
                        .allMatch(half -> 2 * copies.size() > half.size()),
                new Bounds(3, Change.NONE, 1, TERMS, 3));
    }

    @Test
    void catchesWhoCountsMembersWithAndWithoutAVote() {
        Bounds bounds = new Bounds(3, Change.NONE, 2, TERMS, 3);
        assertCaught(copies -> 2 * copies.size() > bounds.voters() + bounds.observers(), bounds);
    }

    /** An observer may be the only survivor that has heard of the change. */
    @Test
    void catchesWhoTakesAnObserversMembershipForOld() {
        assertCaught(
                copies -> {
                    List<Copy> voters = copies.stream().filter(Copy::voter).toList();
                    return !voters.isEmpty()
                            && proves(copies, freshest(copies), current(voters, freshest(voters)), false);
                },
                new Bounds(4, Change.VOTER_LEAVES, 1, TERMS, 3));
    }

    /** What a member was told is committed can be older than an entry that never was; half of the survivors' logs say nothing about that. */
    @Test
    void catchesWhoPutsAFresherLogAboveWhatIsKnownToBeCommitted() {
        List<List<Copy>> wrong = new ArrayList<>();
        new ModelViews(new Bounds(5, Change.NONE, 0, TERMS, 2)).forEach((copies, truth) -> {
            Copy last = copies.stream().max(Comparator.comparing(Copy::last)).orElseThrow();
            if (last.sameUpTo(freshest(copies)) < truth.fewest - 1) {
                wrong.add(copies);
            }
        });
        assertThat(wrong).isNotEmpty();
    }

    @Test
    void catchesWhoGoesByTheLengthOfLogs() {
        assertCaughtChoosing(
                Comparator.comparingLong(copy -> copy.last().index()), new Bounds(3, Change.NONE, 0, TERMS, 3));
    }

    @Test
    void catchesWhoGoesByTheCurrentTerm() {
        assertCaughtChoosing(
                Comparator.comparingLong(Copy::term)
                        .thenComparing(copy -> copy.last().index()),
                new Bounds(3, Change.NONE, 0, TERMS, 3));
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
