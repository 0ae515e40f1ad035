package io.metastore.recovery;

import io.metastore.recovery.journal.Membership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * When the freshest of some copies holds every acknowledged write. Functions; callable from any thread.
 *
 * <p>An acknowledged entry is on a majority of the voters that the membership in force asked for. Logs only lose entries that no majority has, so a committed
 * entry that any complete copy holds is also in the freshest log <i>F</i>: the same rule by which Raft elects. It remains to show that some complete copy
 * holds each of them.
 *
 * <p>Which memberships could have been in force? Those in F from its newest one that is known to be committed on; an older one cannot be, and one that only
 * another log holds never was in force for a committed entry, or its own entry would be committed and in F. That a change is followed by its end proves
 * nothing: Ratis ends a change when a leader is elected in it, heard of or not. A change that no copy has heard of begins in one of these memberships: to
 * take effect it needs a majority of it, or, for that leader, of the next one, which differs by one vote. If the complete copies are <i>more than half</i> of the
 * voters they meet both, see the change, and by induction every later one.
 *
 * <p>If they are <i>exactly half</i>, nobody had a majority without them, but a leader that was elected in an unseen change to one voter more or less may
 * have one. Electing it took a vote of this half. So it is excluded if no copy has seen a later term than that of F's last entry: a leader's first entry of
 * its term, which ends the change, would be in F.
 */
final class VerdictRule {
    private VerdictRule() {}

    /** The memberships in a copy's log that may have been in force when something was committed that it lacks. */
    static List<Membership> current(Copy freshest, long committed) {
        List<Membership> all = freshest.memberships();
        int newestCommitted = 0;
        for (int i = 0; i < all.size(); i++) {
            newestCommitted = all.get(i).index() <= committed ? i : newestCommitted;
        }
        return all.subList(Math.min(newestCommitted, all.size()), all.size());
    }

    /** Whether a group of complete copies, the freshest among or beside them, proves that nothing is lost. */
    static boolean proves(Copy freshest, List<Membership> current, Collection<Copy> copies) {
        return !current.isEmpty() && gaps(freshest, current, copies).isEmpty();
    }

    /** The reasons why they do not, in words; empty when they do. */
    static List<String> gaps(Copy freshest, List<Membership> current, Collection<Copy> copies) {
        Set<String> surveyed = copies.stream().map(Copy::id).collect(Collectors.toSet());
        boolean settled = copies.stream()
                .allMatch(copy ->
                        copy.term() >= 0 && copy.term() <= freshest.last().term());
        List<String> gaps = new ArrayList<>();
        for (Membership membership : current) {
            for (Set<String> half : membership.halves()) {
                long there = half.stream().filter(surveyed::contains).count();
                if (2 * there < half.size()) {
                    gaps.add("those not surveyed are a majority: surveyed=" + there + " voters=" + sorted(half)
                            + " membership at index " + membership.index());
                } else if (2 * there == half.size() && !settled) {
                    gaps.add("half of the voters is surveyed and has voted, or may have, after the last entry: a change"
                            + " to other voters may have been made without it: voters=" + sorted(half)
                            + " membership at index " + membership.index());
                }
            }
        }
        return gaps;
    }

    private static List<String> sorted(Set<String> voters) {
        return voters.stream().sorted().toList();
    }

    /**
     * Up to where the freshest log may be committed: an entry is certainly not when complete copies without it are more than half of each membership, so
     * that every majority, also after a change by one vote, meets one.
     */
    static CommitBracket bracket(Copy freshest, List<Membership> current, Collection<Copy> complete, long committed) {
        long proven = Math.min(committed, freshest.last().index());
        long possible = freshest.last().index();
        while (possible > proven && excluded(freshest, current, complete, possible)) {
            possible = below(freshest, complete, possible, proven);
        }
        return new CommitBracket(proven, possible);
    }

    private static boolean excluded(Copy freshest, List<Membership> current, Collection<Copy> complete, long index) {
        Set<String> without = complete.stream()
                .filter(copy -> copy.sameUpTo(freshest) < index)
                .map(Copy::id)
                .collect(Collectors.toSet());
        return !current.isEmpty() && current.stream().allMatch(each -> each.decidedBy(without));
    }

    /** The next lower index that more copies hold. */
    private static long below(Copy freshest, Collection<Copy> complete, long index, long proven) {
        return complete.stream()
                .mapToLong(copy -> copy.sameUpTo(freshest))
                .filter(same -> same < index)
                .map(same -> Math.max(same, proven))
                .max()
                .orElse(proven);
    }
}
