package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.GroupMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What one engine needs to know. Values only; reading nothing, opening nothing.
 *
 * @param directory where the journal lives; created when missing, used by one engine at a time
 * @param group identity of the group; a directory that holds another group is refused
 * @param self id of this member in the group, see {@link GroupMember#id()}
 * @param peers the members of a group that starts for the first time, this one included; empty for a member that is to be told by a leader.
 *     A group that has been started before takes its members from the journal
 * @param timeouts how long to wait for what
 * @param limits how much to hold
 * @param threadPrefix start of the names of this engine's threads
 * @param journalStart what to make of a state without a journal
 */
public record RatisSettings(
        Path directory,
        UUID group,
        String self,
        List<Peer> peers,
        Timeouts timeouts,
        Limits limits,
        String threadPrefix,
        JournalStart journalStart) {

    /** Whether a journal may begin in the middle. */
    public enum JournalStart {
        /** A state without its journal means that the journal was lost, and with it what this member acknowledged: refused. */
        COMPLETE,
        /**
         * A journal without entries is made to begin behind the state, in its term: for a state that came from an image, in a group in which this member
         * has acknowledged nothing yet. Changes nothing about a journal that fits the state.
         */
        BEHIND_STATE
    }

    public RatisSettings {
        peers = List.copyOf(peers);
        if (self.isEmpty()) {
            throw new IllegalArgumentException("self must not be empty");
        }
        if (!peers.isEmpty() && peers.stream().noneMatch(peer -> peer.id().equals(self))) {
            throw new IllegalArgumentException("peers must contain this member: self=" + self + " peers=" + peers);
        }
        if (peers.stream().map(Peer::name).distinct().count() != peers.size()) {
            throw new IllegalArgumentException("peers must have different names: peers=" + peers);
        }
    }

    /** Settings with default timeouts and limits and the member's name as thread prefix. */
    public static RatisSettings of(Path directory, UUID group, String self, List<Peer> peers) {
        return new RatisSettings(
                directory,
                group,
                self,
                peers,
                Timeouts.DEFAULT,
                Limits.DEFAULT,
                GroupMember.nameOf(self),
                JournalStart.COMPLETE);
    }

    /** This member's name. */
    public String name() {
        return GroupMember.nameOf(self);
    }

    public RatisSettings withTimeouts(Timeouts newTimeouts) {
        return new RatisSettings(directory, group, self, peers, newTimeouts, limits, threadPrefix, journalStart);
    }

    public RatisSettings withLimits(Limits newLimits) {
        return new RatisSettings(directory, group, self, peers, timeouts, newLimits, threadPrefix, journalStart);
    }

    public RatisSettings withJournalStart(JournalStart newJournalStart) {
        return new RatisSettings(directory, group, self, peers, timeouts, limits, threadPrefix, newJournalStart);
    }

    /**
     * A member of the group.
     *
     * @param id identity in the group, never reused for another member, see {@link GroupMember#id()}
     * @param address where it listens, in whatever form the transport takes
     * @param voter false for an observer
     */
    public record Peer(String id, String address, boolean voter) {

        /** A member with a vote. */
        public static Peer voter(String id, String address) {
            return new Peer(id, address, true);
        }

        /** A member that applies the journal and never votes. */
        public static Peer observer(String id, String address) {
            return new Peer(id, address, false);
        }

        /** The name, which outlives incarnations. */
        public String name() {
            return GroupMember.nameOf(id);
        }
    }

    /**
     * Timeouts. Each member draws its election timeout anew between the two bounds.
     *
     * @param electionMin a follower that heard nothing for this long may stand for election; a third of it is the heartbeat interval. At least
     *     50 ms; too short and a busy machine elects for no reason, too long and a dead leader is noticed late
     * @param electionMax upper bound; must be longer than {@code electionMin} or members keep standing at the same time
     * @param firstElectionMin as {@code electionMin}, between start and the first leader seen
     * @param firstElectionMax as {@code electionMax}, between start and the first leader seen
     * @param request how long one message waits for its reply; longer than a slow fsync
     */
    public record Timeouts(
            Duration electionMin,
            Duration electionMax,
            Duration firstElectionMin,
            Duration firstElectionMax,
            Duration request) {

        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofMillis(600),
                Duration.ofMillis(1200),
                Duration.ofMillis(150),
                Duration.ofMillis(400),
                Duration.ofSeconds(3));

        public Timeouts {
            checkRange("election", 50, electionMin, electionMax);
            checkRange("firstElection", 1, firstElectionMin, firstElectionMax); // A lone voter has nobody to wait for.
            if (request.compareTo(electionMin) < 0) {
                throw new IllegalArgumentException("request must not be shorter than electionMin: request=" + request
                        + " electionMin=" + electionMin);
            }
        }

        private static void checkRange(String what, long lowestMillis, Duration min, Duration max) {
            if (min.toMillis() < lowestMillis || max.compareTo(min) <= 0) {
                throw new IllegalArgumentException(what + " timeouts must satisfy " + lowestMillis
                        + " ms <= min < max: min=" + min + " max=" + max);
            }
        }

        /** How often an idle leader shows that it is alive. */
        Duration heartbeat() {
            return electionMin.dividedBy(3);
        }
    }

    /**
     * Limits.
     *
     * @param entryBytesMax largest entry; must never become smaller on a directory in use, larger entries in it could no longer be read.
     *     64 KiB to 64 MiB
     * @param segmentBytesMax size at which a journal file is closed and the next begun; the journal is purged by whole files
     * @param pendingEntriesMax entries submitted and not yet applied; more are refused as overload
     * @param pendingBytesMax the same in bytes; whole MiB
     * @param freeBytesMin a start with less disk space than this fails
     */
    public record Limits(
            int entryBytesMax, long segmentBytesMax, int pendingEntriesMax, long pendingBytesMax, long freeBytesMin) {

        public static final Limits DEFAULT = new Limits(4 << 20, 32L << 20, 4096, 64L << 20, 16L << 20);

        /** The same with other files. */
        public Limits withSegmentBytesMax(long bytes) {
            return new Limits(entryBytesMax, bytes, pendingEntriesMax, pendingBytesMax, freeBytesMin);
        }

        public Limits {
            if (entryBytesMax < (64 << 10) || entryBytesMax > (64 << 20)) {
                throw new IllegalArgumentException(
                        "entryBytesMax must be between 65536 and 67108864: entryBytesMax=" + entryBytesMax);
            }
            if (segmentBytesMax < (1 << 20)
                    || pendingEntriesMax < 1
                    || pendingBytesMax < Math.max(entryBytesMax, 1 << 20)
                    || freeBytesMin < 0) {
                throw new IllegalArgumentException("invalid limits: segmentBytesMax=" + segmentBytesMax
                        + " pendingEntriesMax=" + pendingEntriesMax + " pendingBytesMax=" + pendingBytesMax
                        + " freeBytesMin=" + freeBytesMin);
            }
        }
    }
}
