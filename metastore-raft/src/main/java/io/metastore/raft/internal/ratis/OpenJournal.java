package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.engine.JournalFile;
import io.metastore.raft.internal.engine.JournalRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;

/** The journal of a running engine as something with a beginning and files: what it proves at a start, what is read back, what is purged. Thread-safe. */
final class OpenJournal {

    private final String self;
    private final RunningDivision running;
    private final EngineLife life;
    private final IncomingRaft incoming;
    private final JournalDirectory directory;
    private final JournalReader reader;

    /** Null before the start has got that far. */
    private volatile @Nullable JournalPurge purge;

    /** @param incoming keeps a purge apart from the appends of others */
    OpenJournal(
            RatisSettings settings,
            RunningDivision running,
            EngineLife life,
            IncomingRaft incoming,
            JournalDirectory directory) {
        this.self = settings.self();
        this.running = running;
        this.life = life;
        this.incoming = incoming;
        this.directory = directory;
        this.reader = new JournalReader(directory, settings.limits());
    }

    /** From now on it can be purged. */
    void purging(JournalPurge by) {
        purge = by;
    }

    /** Whether it goes together with the state that was found. */
    void checkState(JournalOpening opening, LogPosition state) {
        RaftLog journal = open();
        TermIndex entry = journal == null || state.index() < 0 ? null : journal.getTermIndex(state.index());
        if (entry != null) {
            opening.checkSame(new LogPosition(entry.getTerm(), entry.getIndex()), state);
        }
    }

    /** The apply thread notices within 100 ms, or at once when this member leads or hears of a leader. */
    void commitWhatIsProven(JournalConsumer consumer) throws IOException {
        RaftLog journal = running.journal();
        if (journal == null || isConfiguredBeyond(journal)) {
            return;
        }
        try {
            long proven = CommitEvidence.highest(journal, consumer);
            // "false" as for a follower: a leader alone must not conclude this from entries of earlier terms, but it
            // concludes nothing here.
            journal.updateCommitIndex(proven, running.currentTerm(), false);
        } catch (IOException | RuntimeException e) {
            if (!life.isOver()) {
                throw e;
            }
            // The journal was closed meanwhile; the consumer has been told why.
        }
    }

    /**
     * Whether the configuration is not in the journal but beside it, for the next leader to write down, as after {@link JournalAtRest#reidentify}. Until then
     * nothing is applied: Ratis puts each configuration it applies in its place, also an old one of the time before.
     */
    private boolean isConfiguredBeyond(RaftLog journal) {
        RaftServer.Division current = running.get();
        TermIndex last = journal.getLastEntryTermIndex();
        return current != null && current.getRaftConf().getLogEntryIndex() > (last == null ? -1 : last.getIndex());
    }

    /** See {@link io.metastore.raft.internal.engine.Engine#firstIndex}. */
    long firstIndex() {
        RaftLog journal = open();
        if (journal == null) {
            return -1;
        }
        long first = journal.getStartIndex();
        return first >= 0 ? first : journal.getLastCommittedIndex() + 1;
    }

    /** See {@link io.metastore.raft.internal.engine.Engine#purge}. */
    CompletableFuture<Long> purge(long upTo) {
        RaftLog journal = open();
        JournalPurge current = purge;
        if (journal == null || current == null) {
            return CompletableFuture.failedFuture(notOpen());
        }
        CompletableFuture<Long> purging = incoming.alone(() -> current.run(journal, upTo));
        // Ratis forgets what it has not done yet when it is closed.
        return CompletableFuture.anyOf(purging, life.ending()).handle((first, failure) -> {
            if (failure == null && purging.isDone()) {
                return firstIndex();
            }
            throw purgeFailed(failure == null ? null : failure.getCause());
        });
    }

    private EngineException purgeFailed(@Nullable Throwable cause) {
        if (cause instanceof EngineException known) {
            return known;
        }
        return life.isOver() || life.isClosing()
                ? notOpen()
                : new EngineException(EngineException.Kind.OVERLOADED, "journal is busy: node=" + self, null, cause);
    }

    /** See {@link io.metastore.raft.internal.engine.Engine#closedFiles}. */
    List<JournalFile> closedFiles() {
        if (open() == null) {
            throw notOpen();
        }
        try {
            return directory.segments().closed();
        } catch (IOException e) {
            throw new EngineException(
                    EngineException.Kind.IO_FAILED,
                    "files of the journal cannot be listed: node=" + self + " directory=" + directory.entries()
                            + " cause=" + e,
                    null,
                    e);
        }
    }

    /** See {@link io.metastore.raft.internal.engine.Engine#read}. */
    JournalRecord read(long index) {
        RaftLog journal = open();
        if (journal == null) {
            throw notOpen();
        }
        return reader.read(journal, index);
    }

    EngineException notOpen() {
        return new EngineException(EngineException.Kind.STOPPED, "journal is not open: node=" + self, null, null);
    }

    /** Null before it is open, and once it is closed or the engine has ended. */
    private @Nullable RaftLog open() {
        RaftLog journal = running.journal();
        return journal == null || !journal.isOpened() || life.isOver() ? null : journal;
    }
}
