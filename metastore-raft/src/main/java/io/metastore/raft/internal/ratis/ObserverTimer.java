package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.server.RaftServer;

/**
 * The thread on which Ratis measures how long an observer has heard no leader. An observer needs it for nothing, but it takes the division's lock now and
 * then; and the append that gives the observer its vote waits for the end of that thread with the lock held. So it is ended before.
 */
final class ObserverTimer {
    private static final String NAME_END = "-FollowerState";
    private static final long END_MAX_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final EngineThreads threads;

    ObserverTimer(EngineThreads threads) {
        this.threads = threads;
    }

    /** While no other append is handled and without the division's lock. Fails when the thread does not end, with nothing changed. */
    void endBefore(RaftServer.Division division, AppendEntriesRequestProto request) throws IOException {
        if (division.getInfo().getCurrentRole() == RaftPeerRole.LISTENER
                && request.getEntriesList().stream()
                        .anyMatch(entry -> givesVote(entry, division.getId().toByteString()))) {
            end();
        }
    }

    private static boolean givesVote(LogEntryProto entry, Object self) {
        RaftConfigurationProto found = entry.getConfigurationEntry();
        return entry.hasConfigurationEntry()
                && found.getOldPeersCount() + found.getOldListenersCount() == 0
                && found.getPeersList().stream().map(RaftPeerProto::getId).anyMatch(self::equals);
    }

    private void end() throws IOException {
        List<Thread> timers = threads.alive().stream()
                .filter(thread -> thread.getName().endsWith(NAME_END))
                .toList();
        timers.forEach(Thread::interrupt);
        try {
            for (Thread timer : timers) {
                timer.join(END_MAX_MILLIS);
                if (timer.isAlive()) {
                    throw new IOException("a thread does not end: thread=" + timer.getName() + " state="
                            + timer.getState() + " waited=" + END_MAX_MILLIS + "ms");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a thread ends");
        }
    }
}
