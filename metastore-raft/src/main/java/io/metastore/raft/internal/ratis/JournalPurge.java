package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalConsumer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the oldest files of an open journal.
 *
 * <p>What Ratis does not do by itself: it forgets the term of the last entry that is gone, with which a follower that goes on right behind it is served;
 * it lets a journal without entries begin behind a state of long ago, and then refuses every append; and when a file cannot be deleted it says that it
 * was, so that the next purge would leave a hole.
 */
final class JournalPurge {
    private static final Logger log = LoggerFactory.getLogger(JournalPurge.class);

    private final String self;
    private final JournalConsumer consumer;
    private final JournalDirectory directory;
    private final JournalStateMachine machine;

    JournalPurge(String self, JournalConsumer consumer, JournalDirectory directory, JournalStateMachine machine) {
        this.self = self;
        this.consumer = consumer;
        this.directory = directory;
        this.machine = machine;
    }

    /** Waits for the disk, then lets Ratis delete. Not beside another purge, an append of another member, or an image that is being taken. */
    CompletableFuture<Long> run(RaftLog journal, long upTo) {
        try {
            if (directory.begin().read().image() != null) {
                return CompletableFuture.completedFuture(journal.getStartIndex()); // Cut to an image just now.
            }
            directory.segments().deleteBefore(journal.getStartIndex()); // What a purge before could not delete.
            List<LogPosition> ends = endsUpTo(journal, limit(journal, upTo));
            if (ends.isEmpty()) {
                return CompletableFuture.completedFuture(journal.getStartIndex());
            }
            long first = journal.getStartIndex();
            directory.begin().write(directory.begin().read().cutAt(ends, first));
            long last = ends.get(ends.size() - 1).index();
            return journal.purge(last).thenApply(purged -> finish(journal, first, last));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(failed(e));
        }
    }

    /** What may go at most. The last entry stays: its term is the journal's, and a journal with entries never asks where the state is. */
    private long limit(RaftLog journal, long upTo) {
        LogPosition state = consumer.durablePosition();
        machine.durable(state);
        TermIndex last = journal.getLastEntryTermIndex();
        long inUse = Math.min(journal.getLastCommittedIndex(), last == null ? -1 : last.getIndex() - 1);
        return Math.min(Math.min(upTo, state.index()), inUse);
    }

    /** Last entries of the files that can go, oldest first. */
    private List<LogPosition> endsUpTo(RaftLog journal, long limit) throws IOException {
        List<LogPosition> ends = new ArrayList<>();
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            TermIndex end = segment.isOpen() || segment.last() > limit ? null : journal.getTermIndex(segment.last());
            if (end == null) {
                break; // From here on they stay. Null also for one that was given up meanwhile, with a later member's
                // name.
            }
            ends.add(new LogPosition(end.getTerm(), end.getIndex()));
        }
        return ends;
    }

    private long finish(RaftLog journal, long firstBefore, long last) {
        try {
            if (directory.segments().deleteBefore(journal.getStartIndex())) {
                log.warn("journal files had to be deleted twice: node={} upTo={}", self, last);
            }
        } catch (IOException | RuntimeException e) {
            throw new CompletionException(failed(e));
        }
        log.info("journal purged: node={} firstBefore={} first={}", self, firstBefore, journal.getStartIndex());
        return journal.getStartIndex();
    }

    private EngineException failed(Exception e) {
        return new EngineException(
                EngineException.Kind.IO_FAILED,
                "journal could not be purged: node=" + self + " directory=" + directory.entries() + " cause=" + e
                        + "; the next purge tries again",
                null,
                e);
    }
}
