package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.raft.internal.engine.GroupMember;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Hands entries to the division on the caller's thread and says what became of them.
 *
 * <p>Whether a failed entry may be in a journal is decided by {@link Submission#mayBeAppended()}, never by the exception: the same
 * {@link NotLeaderException} answers a request that was refused and one that was appended before leadership was lost.
 */
final class Submitter {
    private final RaftServer.Division division;
    private final EngineLife life;
    private final RatisSettings settings;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong lastCall = new AtomicLong();

    Submitter(RaftServer.Division division, EngineLife life, RatisSettings settings) {
        this.division = division;
        this.life = life;
        this.settings = settings;
    }

    CompletableFuture<byte[]> submit(byte[] entry) {
        if (entry.length > settings.limits().entryBytesMax()) {
            return failed(
                    Kind.TOO_LARGE,
                    "entry is too large: bytes=" + entry.length + " entryBytesMax="
                            + settings.limits().entryBytesMax(),
                    null);
        }
        if (!division.getInfo().isLeader()) {
            return failed(Kind.NOT_LEADER, "not the leader", null);
        }
        if (!division.getInfo().isLeaderReady()) {
            return failed(Kind.NOT_READY, "leader is not ready yet", null);
        }
        Submission submission = new Submission(entry);
        CompletableFuture<RaftClientReply> pending;
        try {
            pending = ((RaftClientAsynchronousProtocol) division).submitClientRequestAsync(request(submission));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(explain(submission, e));
        }
        return pending.handle((reply, failure) -> bytesOf(submission, reply, failure));
    }

    private RaftClientRequest request(Submission submission) {
        return RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(division.getId())
                .setGroupId(division.getMemberId().getGroupId())
                .setCallId(lastCall.incrementAndGet())
                .setMessage(submission)
                .setType(RaftClientRequest.writeRequestType())
                .build();
    }

    private byte[] bytesOf(Submission submission, @Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (reply != null && reply.isSuccess() && !life.isOver()) {
            return Reply.bytesOf(reply.getMessage());
        }
        Throwable cause = failure != null ? failure : reply == null ? null : reply.getException();
        throw new CompletionException(explain(submission, cause));
    }

    private EngineException explain(Submission submission, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (submission.mayBeAppended()) {
            return exception(Kind.OUTCOME_UNKNOWN, "leadership or engine ended while the entry was pending", cause);
        }
        if (life.isOver() || life.isClosing() || !division.getInfo().isAlive()) {
            return exception(Kind.STOPPED, "engine has stopped", cause);
        }
        if (cause instanceof NotLeaderException) {
            return exception(Kind.NOT_LEADER, "not the leader", cause);
        }
        if (cause instanceof ResourceUnavailableException) {
            return exception(
                    Kind.OVERLOADED,
                    "too many entries are pending: pendingEntriesMax="
                            + settings.limits().pendingEntriesMax() + " pendingBytesMax="
                            + settings.limits().pendingBytesMax(),
                    cause);
        }
        return exception(Kind.NOT_READY, "leader is not ready or steps down", cause);
    }

    private CompletableFuture<byte[]> failed(Kind kind, String what, @Nullable Throwable cause) {
        return CompletableFuture.failedFuture(exception(kind, what, cause));
    }

    private EngineException exception(Kind kind, String what, @Nullable Throwable cause) {
        String hint = leaderHint();
        return new EngineException(kind, what + ": node=" + settings.self() + " leaderHint=" + hint, hint, cause);
    }

    /** The leader as this member knows it, when it is another one. */
    private @Nullable String leaderHint() {
        RaftPeerId leader = division.getInfo().getLeaderId();
        return leader == null || leader.equals(division.getId()) ? null : GroupMember.nameOf(leader.toString());
    }
}
