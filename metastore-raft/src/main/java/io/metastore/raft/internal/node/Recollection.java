package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.members.Acknowledged;
import io.metastore.raft.internal.members.MemberFacts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What every incarnation is known to have acknowledged, kept in memory by all members: the leader knows it first hand and tells the others. A member that
 * starts asks them whether they remember more of it than its directory has: then that is an older copy, and must not vote or acknowledge as what it was.
 *
 * <p>Thread-safe.
 */
final class Recollection {

    private static final String FACT = "acked.";

    private final Members members;
    private final Map<String, Acknowledged> known = new ConcurrentHashMap<>();

    Recollection(Members members) {
        this.members = members;
    }

    /** Adds all that is known to what is told to others. */
    MemberFacts tell(MemberFacts facts) {
        Engine engine = members.engine();
        if (engine != null && engine.leaderReady()) {
            long term = engine.currentTerm();
            long commit = engine.commitIndex();
            for (FollowerProgress follower : engine.followers()) {
                if (follower.matchIndex() >= 0) {
                    long index = follower.matchIndex();
                    note(follower.id(), new Acknowledged(term, index, Math.min(index, commit)));
                }
            }
            note(members.id(), new Acknowledged(term, commit, commit));
        }
        known.forEach((id, acknowledged) -> facts.with(FACT + id, acknowledged.text()));
        return facts;
    }

    /** Learns what another member knows. */
    void learn(MemberFacts facts) {
        facts.facts().forEach((key, value) -> {
            Acknowledged told = key.startsWith(FACT) ? Acknowledged.parse(value) : null;
            if (told != null) {
                note(key.substring(FACT.length()), told);
            }
        });
    }

    private void note(String id, Acknowledged acknowledged) {
        known.merge(id, acknowledged, (before, now) -> now.and(before));
    }

    /**
     * Compares the journal of this member with what the others have just told.
     *
     * @throws DirectoryMismatchException it lacks what this member has acknowledged
     */
    void check(Engine engine, String directory) {
        Acknowledged mark = known.get(members.id());
        long term = engine.currentTerm();
        long last = engine.lastEntry().index();
        if (mark != null && mark.isForgottenBy(term, last)) {
            throw new DirectoryMismatchException(
                    "the directory is older than what this member has acknowledged: member="
                            + members.id() + " directory=" + directory + " term=" + term + " last=" + last
                            + " acknowledged: term=" + mark.term() + " index=" + mark.index() + " committed="
                            + mark.committed()
                            + "; it was restored from a copy or lost writes. Bring the newest directory back, or delete this one and"
                            + " join again with replace(\"" + members.self() + "\")");
        }
    }
}
