package io.metastore.raft.internal.engine;

import java.time.Duration;

/**
 * How far a follower or observer is, as its leader knows.
 *
 * @param id its identity in the group
 * @param matchIndex it has everything up to here on disk; -1 while nothing is known
 * @param nextIndex what it is sent next
 * @param silence how long it has not answered; at least {@code electionMax} when it never did
 * @param staged whether it is caught up before the configuration names it
 */
public record FollowerProgress(String id, long matchIndex, long nextIndex, Duration silence, boolean staged) {

    /** The name, which outlives incarnations. */
    public String name() {
        return GroupMember.nameOf(id);
    }
}
