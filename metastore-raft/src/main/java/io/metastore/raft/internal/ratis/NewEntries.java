package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * An append without the entries at its beginning that the journal has already, as when it arrives twice. Ratis forgets the configurations at and behind the
 * first entry of every append, those too that stay in the journal: the member would go on with an older one. And it acknowledges at once what it knows, though
 * that may not be on disk yet, with a member that has just led for example.
 */
final class NewEntries {
    private static final long DISK_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** Without what is known. */
    private final AppendEntriesRequestProto rest;

    /** Index of the last entry of the request as it came. */
    private final long last;

    private NewEntries(AppendEntriesRequestProto rest, long last) {
        this.rest = rest;
        this.last = last;
    }

    /** Of a request with entries, while no other append is handled. */
    static NewEntries of(AppendEntriesRequestProto request, RaftLog journal) {
        List<LogEntryProto> entries = request.getEntriesList();
        int known = 0;
        for (LogEntryProto entry : entries) {
            TermIndex here = journal.getTermIndex(entry.getIndex());
            if (here == null || here.getTerm() != entry.getTerm()) {
                break;
            }
            known++;
        }
        return new NewEntries(
                without(request, known), entries.get(entries.size() - 1).getIndex());
    }

    private static AppendEntriesRequestProto without(AppendEntriesRequestProto request, int known) {
        if (known == 0) {
            return request;
        }
        List<LogEntryProto> entries = request.getEntriesList();
        LogEntryProto previous = entries.get(known - 1);
        return request.toBuilder()
                .clearEntries()
                .addAllEntries(entries.subList(known, entries.size()))
                .setPreviousLog(TermIndex.valueOf(previous.getTerm(), previous.getIndex())
                        .toProto())
                .build();
    }

    boolean isNothing() {
        return rest.getEntriesCount() == 0;
    }

    /** What is left of the request. */
    AppendEntriesRequestProto rest() {
        return rest;
    }

    /**
     * Answers a request that brings nothing new: Ratis is asked what it thinks of the sender and of the commit index, then what is known is waited for until it
     * is on disk.
     */
    CompletableFuture<AppendEntriesReplyProto> acknowledge(
            RaftServerAsynchronousProtocol target, RaftLog journal, Executor blocking) throws IOException {
        return target.appendEntriesAsync(rest)
                .thenApplyAsync(
                        reply -> {
                            AppendEntriesReplyProto.Builder answer =
                                    reply.toBuilder().setIsHearbeat(false);
                            if (reply.getResult() == AppendResult.SUCCESS) {
                                awaitOnDisk(journal, last);
                                answer.setMatchIndex(last).setNextIndex(last + 1);
                            }
                            return answer.build();
                        },
                        blocking);
    }

    private static void awaitOnDisk(RaftLog journal, long index) {
        long begun = System.nanoTime();
        while (journal.getFlushIndex() < index) {
            if (System.nanoTime() - begun > DISK_MAX_NANOS) {
                throw new IllegalStateException("entries are not on disk yet: last=" + index + " onDisk="
                        + journal.getFlushIndex() + " waited=" + TimeUnit.NANOSECONDS.toMillis(DISK_MAX_NANOS) + "ms");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
