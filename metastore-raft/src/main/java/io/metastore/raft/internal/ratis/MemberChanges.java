package io.metastore.raft.internal.ratis;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.protocol.exceptions.SetConfigurationException;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Changes who belongs to the group, as leader, one change at a time: look, greet the new members, ask Ratis, tell what came of it. Ratis is asked on an
 * engine thread, since it holds the division's lock and creates threads; whoever waits is told on one, since Ratis answers with that lock held.
 */
final class MemberChanges {
    private final RatisSettings settings;
    private final RaftServer.Division division;
    private final EngineLife life;
    private final Appenders appenders;
    private final Greeting greeting;
    private final Executor engineThreads;
    private final ClientId client = ClientId.randomId();
    private final AtomicBoolean busy = new AtomicBoolean();

    MemberChanges(
            RatisSettings settings,
            RaftServer.Division division,
            EngineLife life,
            Appenders appenders,
            Greeting greeting,
            Executor engineThreads) {
        this.settings = settings;
        this.division = division;
        this.life = life;
        this.appenders = appenders;
        this.greeting = greeting;
        this.engineThreads = engineThreads;
    }

    /** See {@link io.metastore.raft.internal.engine.Engine#changeMembers}. */
    CompletableFuture<GroupConfiguration> change(
            GroupConfiguration expected, List<GroupMember> wanted, Duration timeout) {
        GroupChange change = new GroupChange(Configurations.of(division.getRaftConf()), wanted);
        try {
            checkLeads(change);
            checkFree(change);
            change.check(expected, settings.self());
        } catch (EngineException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (change.isNothing()) {
            return CompletableFuture.completedFuture(change.before());
        }
        if (!busy.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(inProgress(change, null));
        }
        Attempt attempt = new Attempt(change);
        attempt.begin(timeout);
        return attempt.result;
    }

    private void checkLeads(GroupChange change) {
        if (!division.getInfo().isLeader()) {
            throw change.refused(Kind.NOT_LEADER, "not the leader: node=" + settings.self());
        }
        if (!division.getInfo().isLeaderReady()) {
            throw change.refused(Kind.NOT_READY, "leader is not ready yet: node=" + settings.self());
        }
    }

    private void checkFree(GroupChange change) {
        if (!change.before().stable()
                || change.before().index() > division.getRaftLog().getLastCommittedIndex()) {
            throw inProgress(change, null);
        }
    }

    private static EngineException inProgress(GroupChange change, @Nullable Throwable cause) {
        return change.refused(Kind.CHANGE_IN_PROGRESS, "another change is under way", cause);
    }

    /** One change from the greeting on. */
    private final class Attempt {
        private final GroupChange change;
        private final CompletableFuture<GroupConfiguration> result = new CompletableFuture<>();

        /** Ratis has been asked. */
        private volatile boolean asked;

        Attempt(GroupChange change) {
            this.change = change;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // All end in the result.
        void begin(Duration timeout) {
            life.ending().thenRun(this::ended);
            result.whenComplete((configuration, failure) -> {
                busy.set(false);
                if (result.isCancelled()) {
                    appenders.giveUpStaging();
                }
            });
            greeting.greet(change.joining(), timeout).whenComplete((all, failure) -> {
                if (failure != null) {
                    tell(() -> fail(explain(failure)));
                } else {
                    tell(this::ask);
                }
            });
        }

        private void ended() {
            fail(
                    asked
                            ? change.refused(Kind.OUTCOME_UNKNOWN, "engine ended meanwhile, they may be yet")
                            : change.refused(Kind.STOPPED, "engine has stopped: node=" + settings.self()));
        }

        private void fail(EngineException failure) {
            result.completeExceptionally(failure);
        }

        /** Runs it on a thread of the engine's. */
        private void tell(Runnable work) {
            try {
                engineThreads.execute(work);
            } catch (RejectedExecutionException e) {
                ended();
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // Ends in the result.
        private void ask() {
            if (result.isDone()) {
                return; // Ended or cancelled meanwhile.
            }
            asked = true;
            CompletableFuture<RaftClientReply> pending = askRatis();
            boolean atOnce = pending.isDone();
            if (result.isCancelled()) {
                appenders.giveUpStaging();
            }
            pending.whenComplete((reply, failure) -> {
                GroupConfiguration now = Configurations.of(division.getRaftConf()); // Not a later one: see the lock.
                Throwable cause = failure != null ? failure : reply.getException();
                if (failure == null && reply.isSuccess()) {
                    tell(() -> result.complete(now));
                } else {
                    tell(() -> fail(explain(cause, atOnce)));
                }
            });
        }

        private CompletableFuture<RaftClientReply> askRatis() {
            try {
                return division.getRaftServer()
                        .setConfigurationAsync(new SetConfigurationRequest(
                                client,
                                division.getId(),
                                division.getMemberId().getGroupId(),
                                1,
                                change.arguments(division.getRaftConf())));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private EngineException explain(Throwable failure) {
            Throwable cause = unwrapped(failure);
            return cause instanceof EngineException known ? known : explain(cause, true);
        }

        private EngineException explain(@Nullable Throwable failure, boolean atOnce) {
            Throwable cause = unwrapped(failure);
            if (cause instanceof ReconfigurationInProgressException) {
                return inProgress(change, cause);
            }
            if (cause instanceof ReconfigurationTimeoutException) {
                return change.refused(Kind.MEMBER_SILENT, "a new member does not answer any more", cause);
            }
            if (cause instanceof SetConfigurationException) {
                return change.refused(Kind.CONFIGURATION_DIFFERS, "members have changed meanwhile", cause);
            }
            if (cause instanceof NotLeaderException && atOnce) {
                return change.refused(Kind.NOT_LEADER, "not the leader: node=" + settings.self(), cause);
            }
            if (cause instanceof LeaderNotReadyException) {
                return change.refused(Kind.NOT_READY, "leader is not ready yet: node=" + settings.self(), cause);
            }
            return change.refused(Kind.OUTCOME_UNKNOWN, "leadership ended meanwhile, they may be yet", cause);
        }

        private static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
            return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        }
    }
}
