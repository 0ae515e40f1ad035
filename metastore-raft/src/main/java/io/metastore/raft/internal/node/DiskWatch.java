package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops writes before the disk is full: a file that finds no room in the middle of an entry, a vote or a flush ends a member, and everybody who meets the same disk. While
 * there is too little, this member
 *
 * <ul>
 *   <li>refuses the writes of its callers and, as long as it leads, those of others,
 *   <li>gives leadership away,
 *   <li>and, when it does not lead, keeps its engine to itself: nothing is appended here, and no vote is given. To the others it is as if it were cut off.
 * </ul>
 *
 * <p>So of three members with one full disk the other two go on, and with three full ones nobody writes; each comes back by itself. What fills up faster than it is looked at
 * fails the member as before. Used by the housekeeping thread.
 */
final class DiskWatch {

    private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

    /** At a hundred megabytes a second a third of the default is gone by the next look. */
    static final Duration INTERVAL = Duration.ofMillis(200);

    /** As much more is needed to come back, so that one file more or less does not matter. */
    private static final int TIMES_FOR_RETURN = 2;

    private static final Duration HAND_OVER_MAX = Duration.ofSeconds(2);

    /** How much there is. */
    @FunctionalInterface
    interface Space {
        long usable() throws IOException;
    }

    private final long bytesMin;
    private final Space space;
    private final NodeParts parts;
    private boolean low;
    private @Nullable CompletableFuture<Void> handingOver;

    /** @param bytesMin writes are taken with that much or more; 0 for whatever there is */
    DiskWatch(long bytesMin, Space space, NodeParts parts) {
        this.bytesMin = bytesMin;
        this.space = space;
        this.parts = parts;
    }

    boolean isOn() {
        return bytesMin > 0;
    }

    void look() {
        if (parts.condition.isClosed() || parts.condition.hasStopped()) {
            return;
        }
        long free;
        try {
            free = space.usable();
        } catch (IOException e) {
            log.debug("free disk space is not known: member={}", parts.members.self(), e);
            return;
        }
        if (free < (low ? bytesMin * TIMES_FOR_RETURN : bytesMin)) {
            stop(free);
        } else if (low && parts.letGo()) {
            low = false;
            parts.condition.readOnly(null);
            wake();
        }
    }

    private void stop(long free) {
        if (!low) {
            low = true;
            parts.condition.readOnly("free=" + free + " needed=" + bytesMin + " neededToReturn="
                    + bytesMin * TIMES_FOR_RETURN
                    + "; free some disk space, or lower limits.diskFreeBytesMin; it comes back by itself");
            wake();
        }
        if (parts.members.leads()) {
            handOver();
        } else {
            parts.holdBack();
        }
    }

    /** Tried again and again: whoever could take over may be down, or short of space as well. */
    private void handOver() {
        Engine engine = parts.members.engine();
        CompletableFuture<Void> last = handingOver;
        boolean alone = parts.members.peers().otherVoters().isEmpty();
        if (engine != null && !alone && (last == null || last.isDone())) {
            handingOver = engine.transferLeadership(null, HAND_OVER_MAX);
        }
    }

    private void wake() {
        parts.proposer.routeChanged();
        parts.gate.signal();
    }
}
