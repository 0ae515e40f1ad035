package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.transport.Method;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongBinaryOperator;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.leader.LogAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what a follower that was removed lacks up to the configuration that says so. After the end of its appender, when only the journal is needed. */
final class Farewell {
    private static final Logger log = LoggerFactory.getLogger(Farewell.class);

    /** What a removed follower may lack is what was on its way, a few entries. */
    private static final int APPENDS_MAX = 4;

    private final LogAppender appender;
    private final AppendRequests requests;
    private final EngineLife life;
    private final BiFunction<Method, byte[], CompletableFuture<byte[]>> sending;
    private final LongBinaryOperator nextForInconsistency;
    private final long upTo;

    /**
     * @param nextForInconsistency the entry to go on with, from the first one sent and the one the follower asks for
     * @param upTo index of the configuration
     */
    Farewell(
            LogAppender appender,
            AppendRequests requests,
            EngineLife life,
            BiFunction<Method, byte[], CompletableFuture<byte[]>> sending,
            LongBinaryOperator nextForInconsistency,
            long upTo) {
        this.appender = appender;
        this.requests = requests;
        this.life = life;
        this.sending = sending;
        this.nextForInconsistency = nextForInconsistency;
        this.upTo = upTo;
    }

    /** One try; the transport may run the follower's code on this thread. */
    void say() {
        say(APPENDS_MAX);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for it: the follower learns it now, or when it asks.
    private void say(int left) {
        if (left == 0 || life.isOver() || !appender.getServer().getInfo().isLeader() || !requests.isTermCurrent()) {
            return;
        }
        AppendEntriesRequestProto request;
        try {
            request = requests.next(LastToHear.NO_LIMIT);
        } catch (IOException e) {
            log.info(
                    "removed member was not told: from={} to={}",
                    appender.getServer().getId(),
                    appender.getFollowerId(),
                    e);
            return;
        }
        if (request == null) {
            return; // It needs an image to learn more; not for this.
        }
        Answer.Sent sent = Answer.Sent.of(request);
        sending.apply(Method.RAFT_APPEND, request.toByteArray()).thenAccept(bytes -> answered(sent, bytes, left - 1));
    }

    private void answered(Answer.Sent sent, byte[] bytes, int left) {
        AppendEntriesReplyProto reply = RaftMessages.parse(bytes, AppendEntriesReplyProto.parser());
        if (reply.getResult() == AppendResult.INCONSISTENCY) {
            appender.getFollower()
                    .setNextIndex(nextForInconsistency.applyAsLong(sent.firstIndex(), reply.getNextIndex()));
            say(left);
        } else if (reply.getResult() == AppendResult.SUCCESS && sent.lastIndex() < upTo) {
            appender.getFollower().updateNextIndex(sent.lastIndex() + 1);
            say(left);
        }
    }
}
