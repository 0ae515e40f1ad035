package io.metastore.raft.internal.engine;

import java.time.Duration;

/**
 * What a member knows of the leader it follows.
 *
 * @param leader name of the leader
 * @param term the leader's term
 * @param silence how long nothing came from the leader; zero while a message of its is being written to disk
 */
public record Following(String leader, long term, Duration silence) {

    /** Whether this is about the same leader in the same term. */
    public boolean follows(String otherLeader, long otherTerm) {
        return term == otherTerm && leader.equals(otherLeader);
    }
}
