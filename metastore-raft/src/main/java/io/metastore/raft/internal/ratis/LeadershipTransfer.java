package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.jspecify.annotations.Nullable;

/** Gives leadership away. */
final class LeadershipTransfer {
    private final RatisSettings settings;
    private final RaftServer server;
    private final Appenders appenders;

    LeadershipTransfer(RatisSettings settings, RaftServer server, Appenders appenders) {
        this.settings = settings;
        this.server = server;
        this.appenders = appenders;
    }

    /** Gives it to the member; null means the voter that is furthest, or stepping down when there is none. */
    CompletableFuture<Void> start(@Nullable String member, Duration timeout) {
        try {
            RaftGroupId group = RaftGroupId.valueOf(settings.group());
            RaftServer.Division division = server.getDivision(group);
            RaftPeerId target = member != null ? memberNamed(division, member) : furthestVoter(division);
            TransferLeadershipRequest request = new TransferLeadershipRequest(
                    ClientId.randomId(), server.getId(), group, 1, target, Math.max(1, timeout.toMillis()));
            long started = System.nanoTime();
            return transfer(request).thenCompose(reply -> {
                Duration left = timeout.minusNanos(System.nanoTime() - started);
                if (isTimedOut(reply) && left.compareTo(timeout.dividedBy(10)) > 0) {
                    return start(member, left); // The timer of an earlier transfer has ended this one.
                }
                check(reply);
                return CompletableFuture.completedFuture(null);
            });
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(failed(e));
        }
    }

    private CompletableFuture<RaftClientReply> transfer(TransferLeadershipRequest request) throws IOException {
        Appenders.Transfer transfer = appenders.beginTransfer(request.getNewLeader());
        try {
            return server.transferLeadershipAsync(request)
                    .whenComplete((reply, failure) -> appenders.endTransfer(transfer));
        } catch (IOException | RuntimeException e) {
            appenders.endTransfer(transfer);
            throw e;
        }
    }

    private RaftPeerId memberNamed(RaftServer.Division division, String name) {
        GroupConfiguration present = Configurations.of(division.getRaftConf());
        GroupMember found = present.withName(name);
        if (found == null) {
            throw new IllegalArgumentException("no such member: member=" + name + " present=" + present);
        }
        return RaftPeerId.valueOf(found.id());
    }

    private @Nullable RaftPeerId furthestVoter(RaftServer.Division division) {
        FollowerInfo[] best = new FollowerInfo[1];
        appenders.forEach(appender -> {
            FollowerInfo follower = appender.getFollower();
            boolean voter = division.getRaftConf().getPeer(follower.getId()) != null;
            if (voter && (best[0] == null || follower.getMatchIndex() > best[0].getMatchIndex())) {
                best[0] = follower;
            }
        });
        return best[0] == null ? null : best[0].getId();
    }

    private static boolean isTimedOut(RaftClientReply reply) {
        return !reply.isSuccess() && String.valueOf(reply.getException()).contains("TIMED_OUT");
    }

    private void check(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new CompletionException(failed(reply.getException()));
        }
    }

    private EngineException failed(@Nullable Throwable cause) {
        return new EngineException(
                EngineException.Kind.NOT_READY,
                "leadership was not transferred: node=" + settings.self() + " cause=" + cause,
                null,
                cause);
    }
}
