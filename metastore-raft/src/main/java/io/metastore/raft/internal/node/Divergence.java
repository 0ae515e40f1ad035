package io.metastore.raft.internal.node;

import io.metastore.api.Health;
import io.metastore.raft.internal.node.FingerprintMarks.Mark;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether this member's state is the others' state: compares fingerprints of one position. A member whose state differs from that of a majority of all
 * members is wrong, whatever it is that went wrong there. Thread-safe.
 */
final class Divergence {

    private static final int POSITIONS_KEPT = 64;

    /** What was found at a position. */
    sealed interface Finding {
        /** This member's state differs from what a majority has. */
        record Self(long index, String own, String others) implements Finding {}

        /** Another member's state differs from what a majority, this member among them, has. */
        record Other(String member, long index, String own, String theirs) implements Finding {}

        /** Two states and no majority for either. */
        record Undecided(String member, long index, String own, String theirs) implements Finding {}
    }

    private final FingerprintMarks own;

    /** What the others had, by position, oldest first. Guarded by this, as are the fields below. */
    private final Map<Long, Map<String, String>> heard = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Map<String, String>> eldest) {
            return size() > POSITIONS_KEPT;
        }
    };

    private long agreed = -1;

    private final Map<String, Finding> findings = new HashMap<>();

    Divergence(FingerprintMarks own) {
        this.own = own;
    }

    /**
     * Takes what a member told and compares.
     *
     * @param members how many there are, this one included
     * @return what is wrong; null when all is well or nothing can be said yet
     */
    synchronized @Nullable Finding heard(String member, Mark mark, int members) {
        Map<String, String> there = heard.computeIfAbsent(mark.index(), index -> new HashMap<>());
        there.put(member, mark.fingerprint());
        String mine = own.at(mark.index());
        if (mine == null) {
            return null;
        }
        if (mine.equals(mark.fingerprint())) {
            agreed = Math.max(agreed, mark.index());
            findings.remove(member);
            return null;
        }
        Finding finding = judge(member, mark, mine, there, members);
        findings.put(member, finding);
        return finding;
    }

    private static Finding judge(String member, Mark mark, String mine, Map<String, String> there, int members) {
        long likeMine = 1 + there.values().stream().filter(mine::equals).count();
        long likeTheirs =
                there.values().stream().filter(mark.fingerprint()::equals).count();
        if (2 * likeTheirs > members) {
            return new Finding.Self(mark.index(), mine, mark.fingerprint());
        }
        return 2 * likeMine > members
                ? new Finding.Other(member, mark.index(), mine, mark.fingerprint())
                : new Finding.Undecided(member, mark.index(), mine, mark.fingerprint());
    }

    /** What was last found about each member that differs. */
    synchronized Map<String, Finding> findings() {
        return Map.copyOf(findings);
    }

    /** Highest position at which another member had the same; -1 when there is none yet. */
    synchronized long agreed() {
        return agreed;
    }

    /** As health tells it. */
    static Health.Finding describe(Finding finding) {
        if (finding instanceof Finding.Self self) {
            return new Health.Finding(
                    "DIVERGED",
                    "state differs from that of the others: index=" + self.index() + " own=" + self.own() + " others="
                            + self.others(),
                    "open this member again: it starts from an image that agrees, or gets one from the others");
        } else if (finding instanceof Finding.Other other) {
            return new Health.Finding(
                    "MEMBER_DIVERGED",
                    "state of a member differs from that of the others: member=" + other.member() + " index="
                            + other.index() + " own=" + other.own() + " theirs=" + other.theirs(),
                    "that member stops serving; open it again");
        } else if (finding instanceof Finding.Undecided undecided) {
            return new Health.Finding(
                    "STATES_DIFFER",
                    "two members have different states and no majority tells which is right: member="
                            + undecided.member() + " index=" + undecided.index() + " own=" + undecided.own()
                            + " theirs=" + undecided.theirs(),
                    "run checkpoints().audit() on both; the one that disagrees with its own journal is wrong");
        }
        throw new AssertionError(finding);
    }
}
