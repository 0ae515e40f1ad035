package io.metastore.recovery;

import io.metastore.recovery.journal.Membership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What some copies of a cluster's members, taken together, say about what was acknowledged. A function of them: no files, no clock.
 *
 * @param candidates the copies, freshest first: by epoch, then those that hold all that one of them knows to be committed, then by term of the last entry
 *     and last index; of two alike the complete one. Never by the current term, a file's name or time
 * @param current the memberships that may have been in force after what the freshest copy knows to be committed
 * @param bracket how far the log of the freshest copy was committed
 * @param verdict what acknowledged writes the freshest copy may lack
 * @param refusal why there is nothing to recover; empty when there is
 */
public record Diagnosis(
        List<Copy> candidates,
        List<Membership> current,
        CommitBracket bracket,
        Verdict verdict,
        Optional<Refusal> refusal) {

    /**
     * Compares copies. Those of an earlier epoch are candidates, but prove nothing about the newest.
     *
     * @param copies of one cluster, at least one; two of one member are fine
     */
    public static Diagnosis of(List<Copy> copies) {
        if (copies.isEmpty()) {
            throw new IllegalArgumentException("at least one copy is needed");
        }
        List<Copy> candidates = copies.stream().sorted(freshestFirst(copies)).toList();
        Copy freshest = candidates.get(0);
        List<Copy> comparable = candidates.stream()
                .filter(copy -> copy.epoch() == freshest.epoch())
                .toList();
        List<Copy> complete = comparable.stream().filter(Copy::complete).toList();
        long committed = comparable.stream().mapToLong(Copy::committed).max().orElse(-1);
        List<Membership> current = VerdictRule.current(freshest, committed);
        return new Diagnosis(
                candidates,
                current,
                VerdictRule.bracket(freshest, current, complete, committed),
                verdict(freshest, current, comparable, committed),
                aliveQuorum(current, comparable));
    }

    /**
     * The order of freshness. Raft's own, by the last entry, is enough among members that could elect a leader. Fewer may hold an entry of a late term that was
     * never committed beside one that was, which a still later leader has told them, so what is known to be committed comes first.
     */
    private static Comparator<Copy> freshestFirst(List<Copy> copies) {
        Copy knowing = copies.stream()
                .max(Comparator.comparingLong(Copy::epoch).thenComparingLong(Copy::committed))
                .orElseThrow();
        return Comparator.comparingLong(Copy::epoch)
                .thenComparing(copy -> copy.sameUpTo(knowing) >= knowing.committed())
                .thenComparing(Copy::last)
                .thenComparing(Copy::complete)
                .reversed();
    }

    private static Verdict verdict(Copy freshest, List<Membership> current, List<Copy> comparable, long committed) {
        List<Copy> complete = comparable.stream().filter(Copy::complete).toList();
        List<String> evidence = new ArrayList<>();
        evidence.add("freshest copy: member=" + freshest.id() + " epoch=" + freshest.epoch() + " last="
                + freshest.last() + " committed>=" + committed);
        evidence.add("memberships that may be in force: " + current);
        evidence.add("complete copies of " + ids(complete));
        if (current.isEmpty()) {
            evidence.add("no membership is known: nobody can say who had to agree");
            return unbounded(committed, evidence);
        }
        List<String> gaps = VerdictRule.gaps(freshest, current, complete);
        if (gaps.isEmpty()) {
            evidence.add("those not surveyed had no majority in any of them, so nothing was acknowledged without one of"
                    + " these copies");
            return new Verdict(Verdict.Kind.PROVEN_NONE, committed + 1, committed, evidence);
        }
        evidence.addAll(gaps);
        long bound = bound(current, comparable);
        if (bound < Long.MAX_VALUE && VerdictRule.proves(freshest, current, comparable)) {
            evidence.add(
                    "with what the damaged copies held there is a proof: nothing beyond index " + bound + " is lost");
            return new Verdict(Verdict.Kind.BOUNDED, committed + 1, bound, evidence);
        }
        return unbounded(committed, evidence);
    }

    /** Beyond which no voter that was surveyed, however damaged, had anything. Of several copies of one a complete one counts, else the highest bound. */
    private static long bound(List<Membership> current, List<Copy> comparable) {
        Set<String> complete =
                comparable.stream().filter(Copy::complete).map(Copy::id).collect(Collectors.toSet());
        return comparable.stream()
                .filter(copy -> copy.complete() || !complete.contains(copy.id()))
                .filter(copy -> current.stream()
                        .flatMap(each -> each.halves().stream())
                        .anyMatch(half -> half.contains(copy.id())))
                .mapToLong(Copy::lastIndexMax)
                .max()
                .orElse(Long.MAX_VALUE);
    }

    private static Verdict unbounded(long committed, List<String> evidence) {
        return new Verdict(Verdict.Kind.UNBOUNDED, committed + 1, Long.MAX_VALUE, evidence);
    }

    private static Optional<Refusal> aliveQuorum(List<Membership> current, List<Copy> comparable) {
        Set<String> alive =
                comparable.stream().filter(Copy::alive).map(Copy::id).collect(Collectors.toSet());
        return current.stream()
                .filter(membership -> membership.decidedBy(alive))
                .findFirst()
                .map(membership -> new Refusal(
                        Refusal.Kind.QUORUM_ALIVE,
                        "a majority of the voters is alive: alive="
                                + alive.stream().sorted().toList() + " membership="
                                + membership + "; nothing is lost: let them reach each other, then replace the others"
                                + " as members of the running cluster"));
    }

    /** The copies of the newest epoch whose logs hold other entries than that of the freshest, with the first index at which they differ. */
    public List<Divergence> divergences() {
        Copy freshest = candidates.get(0);
        List<Divergence> divergences = new ArrayList<>();
        for (Copy other : candidates.subList(1, candidates.size())) {
            long both = Math.max(freshest.firstKnown(), other.firstKnown());
            long end = Math.min(freshest.last().index(), other.last().index());
            if (other.epoch() == freshest.epoch() && both <= end && freshest.termAt(end) != other.termAt(end)) {
                long index = both;
                while (freshest.termAt(index) == other.termAt(index)) {
                    index = 1 + Math.min(freshest.runEnd(index), other.runEnd(index));
                }
                divergences.add(new Divergence(freshest, other, index, index > both || both == 0));
            }
        }
        return divergences;
    }

    private static List<String> ids(List<Copy> copies) {
        return copies.stream().map(Copy::id).distinct().sorted().toList();
    }
}
