package io.metastore.raft.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * What an engine knows about itself.
 *
 * @param role this member's role now
 * @param term current term
 * @param leader name of the leader as far as known
 * @param leaderReady whether this member leads and has committed an entry of its term
 * @param commitIndex highest index known to be committed, -1 before the first
 * @param lastIndex last index in the local journal, -1 before the first
 * @param journalBytes size of the journal's files
 * @param failure why the engine stopped by itself; null while it runs
 */
public record EngineStatus(
        Role role,
        long term,
        @Nullable String leader,
        boolean leaderReady,
        long commitIndex,
        long lastIndex,
        long journalBytes,
        @Nullable String failure) {

    /** Role in the group. */
    public enum Role {
        LEADER,
        CANDIDATE,
        FOLLOWER,
        OBSERVER,
        STARTING,
        STOPPED
    }
}
