package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.GroupConfiguration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.LeaderState;
import org.jspecify.annotations.Nullable;

/** The appenders that run now: one per other member while this member leads, none else. */
final class Appenders {
    private final CopyOnWriteArrayList<TransportLogAppender> running = new CopyOnWriteArrayList<>();

    /** What {@link #beginTransfer} returned last; null when that is over. */
    private volatile @Nullable Transfer transfer;

    /** Whose appenders are in {@link #newest}. Guarded by this. */
    private @Nullable LeaderState leader;

    /** The last that was made for each follower. Guarded by this. */
    private final Map<RaftPeerId, TransportLogAppender> newest = new HashMap<>();

    /** Stopped in this term before their followers may have heard why. Guarded by this. */
    private final List<TransportLogAppender> stopped = new ArrayList<>();

    /**
     * Ratis has made this one. While an observer is given a vote, or a voter loses it, a new leader makes two for it, in its old role and its new one, and
     * then fails over finding both, after which nobody can lead. It counts with the later one.
     *
     * @return whether it is the first of a leadership
     */
    synchronized boolean created(LeaderState by, TransportLogAppender appender) {
        boolean first = by != leader;
        if (first) {
            leader = by;
            newest.clear();
            stopped.clear();
        }
        TransportLogAppender before = newest.put(appender.getFollower().getId(), appender);
        if (before != null) {
            before.supersede();
        }
        return first;
    }

    void add(TransportLogAppender appender) {
        running.addIfAbsent(appender);
    }

    void remove(TransportLogAppender appender) {
        if (running.remove(appender)) {
            synchronized (this) {
                stopped.add(appender);
            }
        }
    }

    void forEach(Consumer<TransportLogAppender> action) {
        running.forEach(action);
    }

    /**
     * A configuration is committed: those whom it does not name any more are told so. Ratis stops to send to them before. One try; who misses it is told when
     * it asks for votes.
     */
    void sayFarewell(GroupConfiguration committed) {
        List<TransportLogAppender> all;
        synchronized (this) {
            all = List.copyOf(stopped);
            stopped.clear();
        }
        for (TransportLogAppender appender : all) {
            if (committed.withId(appender.getFollower().getId().toString()) == null) {
                appender.sayFarewell(committed.index());
            }
        }
    }

    /** Of this leadership only: what a follower had in an earlier one may have been cut off since. */
    List<FollowerProgress> progress() {
        LeaderState now;
        synchronized (this) {
            now = leader;
        }
        return running.stream()
                .filter(appender -> appender.getLeaderState() == now)
                .map(TransportLogAppender::progress)
                .toList();
    }

    /** How far the follower has this leader's journal on its disk; -1 when that is not known. */
    long matchIndex(RaftPeerId follower) {
        LeaderState now;
        synchronized (this) {
            now = leader;
        }
        return running.stream()
                .filter(appender -> appender.getLeaderState() == now
                        && appender.getFollowerId().equals(follower))
                .mapToLong(appender -> appender.getFollower().getMatchIndex())
                .max()
                .orElse(-1);
    }

    /** Stops catching up those that are to become members, so that Ratis gives up the change. */
    void giveUpStaging() {
        running.forEach(TransportLogAppender::giveUpStaging);
    }

    /** Whether leadership is being given away, so that every acknowledgement counts: the next leader has to have all entries. */
    boolean isTransferring() {
        return transfer != null;
    }

    /** A transfer of leadership that has begun. */
    static final class Transfer {
        private final @Nullable RaftPeerId to;

        private Transfer(@Nullable RaftPeerId to) {
            this.to = to;
        }

        /** Whether it is this member that is to lead. */
        boolean isTo(RaftPeerId member) {
            return member.equals(to);
        }
    }

    /** The one that is under way; null for none. */
    @Nullable
    Transfer transfer() {
        return transfer;
    }

    /** @param to null for nobody in particular */
    synchronized Transfer beginTransfer(@Nullable RaftPeerId to) {
        Transfer begun = new Transfer(to);
        transfer = begun;
        return begun;
    }

    /** Does nothing when another one has begun since. */
    synchronized void endTransfer(Transfer begun) {
        if (transfer == begun) {
            transfer = null;
        }
    }
}
