package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.JournalConsumer;
import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * How far a member's own journal proves that it is committed. Ratis keeps no commit index of its own on disk here, so after a crash it would apply
 * nothing behind the durable state until a leader has been elected, and readers of this member would see the state go back.
 *
 * <p>Why an entry is proof: its leader knew that everything up to the hint was committed, and had it in its journal. Two journals that share an entry
 * are the same up to it (Raft's log matching), so what this journal holds up to the hint is what was committed. That the entry with the hint may
 * itself be committed nowhere does not matter.
 */
final class CommitEvidence {

    private CommitEvidence() {}

    /**
     * Highest index that is certainly committed. Exact over the whole journal, though only its end is read: an entry at or below what is proven
     * already can only prove less than its own index.
     */
    static long highest(RaftLog journal, JournalConsumer consumer) throws IOException {
        long proven = journal.getLastCommittedIndex();
        TermIndex last = journal.getLastEntryTermIndex();
        for (long index = last == null ? -1 : last.getIndex(); index > proven; index--) {
            LogEntryProto entry = journal.get(index);
            if (entry != null && entry.hasStateMachineLogEntry()) { // Null when a leader had it cut off meanwhile.
                long hint = consumer.commitHint(
                        entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
                if (hint < index) { // Nobody knows an entry as committed before it is written: such a hint proves
                    // nothing.
                    proven = Math.max(proven, hint);
                }
            }
        }
        return proven;
    }
}
