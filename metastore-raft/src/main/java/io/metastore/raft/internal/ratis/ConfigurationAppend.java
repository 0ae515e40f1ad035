package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * An append that brings a configuration. Ratis takes it over first and cuts off what contradicts the entries then, and with every entry that it cuts off it
 * forgets the configuration at that index and behind: also the one it has just taken over. The member would go on with an older one, and could elect with
 * people who left long ago. Once more, when nothing is cut off, and it stays.
 */
final class ConfigurationAppend {
    private final RaftServer.Division division;
    private final AppendEntriesRequestProto request;

    ConfigurationAppend(RaftServer.Division division, AppendEntriesRequestProto request) {
        this.division = division;
        this.request = request;
    }

    static boolean brings(AppendEntriesRequestProto request) {
        return request.getEntriesList().stream().anyMatch(LogEntryProto::hasConfigurationEntry);
    }

    /** While no other append is handled. */
    CompletableFuture<AppendEntriesReplyProto> run() throws IOException {
        if (!OverwrittenEntries.isContradicted(division.getRaftLog(), request)) {
            return append(request);
        }
        // Nothing of it may be committed before the second time, which would then be refused as known.
        return append(request.toBuilder()
                        .setLeaderCommit(RaftLog.INVALID_LOG_INDEX)
                        .build())
                .thenCompose(reply -> {
                    try {
                        return reply.getResult() == AppendResult.SUCCESS
                                ? append(request)
                                : CompletableFuture.completedFuture(reply);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto part) throws IOException {
        return ((RaftServerAsynchronousProtocol) division).appendEntriesAsync(part);
    }
}
