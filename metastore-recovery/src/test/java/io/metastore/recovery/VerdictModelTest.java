package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.recovery.ModelViews.Truth;
import io.metastore.recovery.RaftModel.Bounds;
import io.metastore.recovery.RaftModel.Change;
import io.metastore.recovery.RaftModel.Detail;
import io.metastore.recovery.journal.Membership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The verdict against all that can have happened: every state of a small group, every part of it as the survivors, observers among them.
 *
 * <p>Of groups of one to five voters, which change by one vote or by an observer or not at all, in three terms. A run of all tests has
 *
 * <ul>
 *   <li>logs of four entries and an observer for up to three voters, and for four that stay;
 *   <li>logs of three entries for more, without an observer beside five, or four of which one has joined; two terms for five of which one leaves;
 *   <li>each copy as it is, rather than what is essential of it, for up to three voters with logs of three entries.
 * </ul>
 *
 * <p>That are 0.7 million states. {@code -Dverdict.entries=4} makes all logs that long, with an observer for all: 22.7 million states, half an hour and a heap of
 * 9 GB. {@code -Dverdict.observers=2} has another observer. Each group prints what was looked at, and fails when its bounds were not reached.
 */
class VerdictModelTest {
    private static final int TERMS = 3;

    static Stream<Bounds> groups() {
        return changes().map(group -> {
            int voters = group.everVoters();
            boolean changes = group.change() != Change.NONE;
            int entries = voters <= 3 || (voters == 4 && !changes) ? 4 : 3;
            boolean many = voters == 5 || group.equals(new Bounds(3, Change.VOTER_JOINS, 1, TERMS, 3));
            boolean all = wanted("entries") > 0;
            int observers = many && !all ? 0 : 1;
            int terms = group.voters() == 5 && group.change() == Change.VOTER_LEAVES && !all ? 2 : TERMS;
            return new Bounds(
                    group.voters(),
                    group.change(),
                    Math.max(observers, wanted("observers")),
                    terms,
                    Math.max(entries, wanted("entries")));
        });
    }

    private static int wanted(String what) {
        return Integer.getInteger("verdict." + what, 0);
    }

    private static Stream<Bounds> changes() {
        List<Bounds> groups = new ArrayList<>();
        for (int voters = 1; voters <= 5; voters++) {
            for (Change change : Change.values()) {
                if (voters + change.votes > 0 && voters + change.votes <= 5) {
                    groups.add(new Bounds(voters, change, 1, TERMS, 3));
                }
            }
        }
        return groups.stream();
    }

    /** Those of which each copy is looked at as it is; and with copies that do not know all that they can know to be committed. */
    static Stream<Bounds> smallGroups() {
        return Stream.concat(
                changes()
                        .filter(group ->
                                group.everVoters() <= 2 || group.equals(new Bounds(3, Change.NONE, 1, TERMS, 3))),
                Stream.of(
                        new Bounds(3, Change.VOTER_LEAVES, 0, TERMS, 3),
                        new Bounds(4, Change.NONE, 0, TERMS, 3),
                        new Bounds(2, Change.NONE, 1, TERMS, 3, Detail.KNOWLEDGE_LAGS),
                        new Bounds(3, Change.NONE, 0, TERMS, 3, Detail.KNOWLEDGE_LAGS),
                        new Bounds(2, Change.VOTER_JOINS, 0, TERMS, 3, Detail.KNOWLEDGE_LAGS)));
    }

    /**
     * Nothing is proven that is not so; all is that the argument applies to; what is committed is between the bounds that are told. Of a group of which the voters
     * do not change nothing else remains unproven than what others can have lost, as far as the bounds let them go on, and of which there is a reason to say so.
     */
    @ParameterizedTest
    @MethodSource("groups")
    void provesWhatIsSoAndNothingElseAndAlwaysBracketsTheTruth(Bounds bounds) {
        ModelViews views = new ModelViews(bounds, true);
        Judged judged = new Judged(bounds, views);
        views.forEach(judged::judge);
        judged.finish();
    }

    /** The same of each copy as it is; and what is told of it is what is told of its essence, so that the others need not be looked at one by one. */
    @ParameterizedTest
    @MethodSource("smallGroups")
    void goesByWhatIsEssentialAlone(Bounds bounds) {
        ModelViews views = new ModelViews(bounds, false);
        Judged judged = new Judged(bounds, views);
        views.forEachWithEssence((copies, essence, truth) -> {
            Diagnosis diagnosis = judged.judge(copies, truth);
            Diagnosis same = Diagnosis.of(essence);
            if (diagnosis.verdict().kind() != same.verdict().kind()
                    || !diagnosis.bracket().equals(same.bracket())) {
                throw new AssertionError("not by what is essential: " + diagnosis + "; of the essence: " + same);
            }
        });
        judged.finish();
    }

    /** Compares what is said of views with the truth, and counts. Callable from any thread. */
    private static final class Judged {
        private final long start = System.nanoTime();
        private final LongAdder proven = new LongAdder();
        private final LongAdder notProven = new LongAdder();
        private final LongAdder lost = new LongAdder();
        private final LongAdder strict = new LongAdder();
        private final Bounds bounds;
        private final ModelViews views;

        Judged(Bounds bounds, ModelViews views) {
            this.bounds = bounds;
            this.views = views;
        }

        Diagnosis judge(List<Copy> copies, Truth truth) {
            Diagnosis diagnosis = Diagnosis.of(copies);
            boolean none = diagnosis.verdict().kind() == Verdict.Kind.PROVEN_NONE;
            (none ? proven : notProven).increment();
            lost.add(truth.loss() ? 1 : 0);
            if (none && truth.loss()) {
                throw new AssertionError("acknowledged entries are lost: " + diagnosis);
            }
            CommitBracket bracket = diagnosis.bracket();
            if (truth.fewest() - 1 < bracket.proven() || truth.most() - 1 > bracket.possible()) {
                throw new AssertionError(
                        "committed " + truth.fewest() + " to " + truth.most() + " entries: " + diagnosis);
            }
            if (!none && argumentApplies(copies)) {
                throw new AssertionError("it can be proven that nothing is lost: " + diagnosis);
            }
            if (!none && !truth.loss() && truth.room()) {
                strict.increment();
                if (bounds.change().votes == 0 && !isUnsettledHalf(copies, bounds)) {
                    throw new AssertionError("nothing can be lost: " + diagnosis);
                }
            }
            return diagnosis;
        }

        void finish() {
            System.out.printf(
                    Locale.ROOT,
                    "verdict: %s: states=%d seen=%d views=%d proven=%d notProven=%d ofThemLost=%d"
                            + " ofThemStricterThanNeeded=%d ms=%d+%d%n",
                    bounds,
                    views.model().states(),
                    views.seen(),
                    views.size(),
                    proven.sum(),
                    notProven.sum(),
                    lost.sum(),
                    strict.sum(),
                    views.millis(),
                    (System.nanoTime() - start) / 1_000_000);
            assertThat(proven.sum() + notProven.sum()).isEqualTo(views.size());
            assertThat(views.model().boundsWereReached()).as("%s", bounds).isTrue();
            assertThat(views.sawAllOfAnObserverAlone()).as("%s", bounds).isEqualTo(bounds.observers() > 0);
            assertThat(proven.sum()).isPositive();
            assertThat(notProven.sum() > 0).isEqualTo(bounds.everVoters() > 1 || bounds.observers() > 0);
        }
    }

    /**
     * More than half of the voters of every membership that may be in force by any of the logs, or half if nobody has voted since the freshest entry. One that is
     * followed by another of which it is known that it is committed is not.
     */
    private static boolean argumentApplies(List<Copy> copies) {
        Set<String> surveyed = copies.stream().map(Copy::id).collect(Collectors.toSet());
        boolean settled = isSettled(copies);
        long committed = copies.stream().mapToLong(Copy::committed).max().orElseThrow();
        for (Copy copy : copies) {
            long over = copy.memberships().stream()
                    .mapToLong(Membership::index)
                    .filter(index -> index <= committed)
                    .max()
                    .orElse(-1);
            for (Membership membership : copy.memberships()) {
                if (membership.index() < over) {
                    continue;
                }
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

    static Stream<Bounds> smallestGroups() {
        return Stream.concat(
                changes().filter(group -> group.everVoters() <= 2), Stream.of(new Bounds(3, Change.NONE, 1, TERMS, 2)));
    }

    @ParameterizedTest
    @MethodSource("smallestGroups")
    void observersThatTakePartAndTermsThatAreSkippedAddNothing(Bounds bounds) {
        Set<String> views = told(bounds);
        for (Detail detail : List.of(Detail.OBSERVERS_TAKE_PART, Detail.TERMS_ARE_SKIPPED)) {
            Set<String> more = told(with(bounds, detail));
            assertThat(more).as("%s", detail).hasSize(views.size());
            assertThat(more.stream().filter(view -> !views.contains(view)).findAny())
                    .as("%s", detail)
                    .isEmpty();
        }
    }

    private static Bounds with(Bounds bounds, Detail detail) {
        return new Bounds(
                bounds.voters(), bounds.change(), bounds.observers(), bounds.terms(), bounds.entries(), detail);
    }

    private static Set<String> told(Bounds bounds) {
        Set<String> all = ConcurrentHashMap.newKeySet();
        new ModelViews(bounds, false)
                .forEach((copies, truth) ->
                        all.add(copies + " " + truth.loss() + " " + truth.fewest() + " " + truth.most()));
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
        assertCaught(VerdictModelTest::provesByTheNewestMembership, new Bounds(3, Change.VOTER_LEAVES, 0, TERMS, 4));
    }

    private static boolean provesByTheNewestMembership(List<Copy> copies) {
        List<Membership> all = freshest(copies).memberships();
        return proves(copies, freshest(copies), all.subList(all.size() - 1, all.size()), false);
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

    @Test
    void catchesWhoTakesAnObserverForTheVoterThatOneLogMakesIt() {
        assertCaught(VerdictModelTest::provesByTheNewestMembership, new Bounds(3, Change.VOTER_JOINS, 0, TERMS, 3));
    }

    @Test
    void catchesWhoCountsAnObserverAmongThoseThatLackAnEntry() {
        Queue<List<Copy>> wrong = new ConcurrentLinkedQueue<>();
        new ModelViews(new Bounds(3, Change.NONE, 1, TERMS, 3), false).forEach((copies, truth) -> {
            long lacking = copies.stream()
                    .filter(copy -> copy.sameUpTo(freshest(copies)) < truth.most() - 1)
                    .count();
            if (2 * lacking > 3) {
                wrong.add(copies);
            }
        });
        assertThat(wrong).isNotEmpty();
    }

    /** What a member was told is committed can be older than an entry that never was; half of the survivors' logs say nothing about that. */
    @Test
    void catchesWhoPutsAFresherLogAboveWhatIsKnownToBeCommitted() {
        Queue<List<Copy>> wrong = new ConcurrentLinkedQueue<>();
        new ModelViews(new Bounds(5, Change.NONE, 0, TERMS, 2), false).forEach((copies, truth) -> {
            Copy last = copies.stream().max(Comparator.comparing(Copy::last)).orElseThrow();
            if (last.sameUpTo(freshest(copies)) < truth.fewest() - 1) {
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
        Queue<List<Copy>> wrong = new ConcurrentLinkedQueue<>();
        for (Bounds bounds : groups) {
            new ModelViews(bounds, false).forEach((copies, truth) -> {
                if (truth.loss() && mistaken.test(copies)) {
                    wrong.add(copies);
                }
            });
        }
        assertThat(wrong).isNotEmpty();
    }

    /** The verdict is right of the freshest log only: another choice lacks what a proof was given for. */
    private static void assertCaughtChoosing(Comparator<Copy> mistaken, Bounds bounds) {
        Queue<List<Copy>> wrong = new ConcurrentLinkedQueue<>();
        new ModelViews(bounds, false).forEach((copies, truth) -> {
            Copy chosen = copies.stream().max(mistaken).orElseThrow();
            boolean proven = Diagnosis.of(copies).verdict().kind() == Verdict.Kind.PROVEN_NONE;
            if (proven && chosen.sameUpTo(freshest(copies)) < truth.most() - 1) {
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
