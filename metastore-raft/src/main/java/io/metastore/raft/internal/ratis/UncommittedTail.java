package io.metastore.raft.internal.ratis;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.ToLongFunction;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;

/** The entries of a journal behind those that it proves to be committed, see {@link CommitEvidence}; for one that is read from its beginning. */
final class UncommittedTail {
    private final ToLongFunction<ByteBuffer> commitHints;
    private final Deque<LogEntryProto> entries = new ArrayDeque<>();
    private long proven = -1;

    /** The entry before them. Null while none is proven, and for a tail that begins with the journal's first entry. */
    private @Nullable TermIndex before;

    /** @param commitHints as {@link io.metastore.raft.internal.engine.JournalConsumer#commitHint} */
    UncommittedTail(ToLongFunction<ByteBuffer> commitHints) {
        this.commitHints = commitHints;
    }

    /** The next one of the journal. */
    void add(LogEntryProto entry) {
        entries.add(entry);
        if (entry.hasStateMachineLogEntry()) {
            long hint = commitHints.applyAsLong(
                    entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
            if (hint < entry.getIndex()) {
                proven = Math.max(proven, hint);
            }
        }
        for (LogEntryProto first = entries.peek();
                first != null && first.getIndex() <= proven;
                first = entries.peek()) {
            before = TermIndex.valueOf(entries.remove());
        }
    }

    List<LogEntryProto> entries() {
        return List.copyOf(entries);
    }

    @Nullable
    TermIndex before() {
        return before;
    }
}
