package io.metastore.raft.internal.node;

import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.Membership;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Finds the index that a linearizable read has to wait for: confirms it when this member leads, asks the leader when another does. */
final class ReadIndexes {

    private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(2);

    private final Members members;
    private final Condition condition;
    private final LeaderConfirmation confirmation;
    private final ReadBarrier barrier;

    ReadIndexes(Members members, Condition condition) {
        this.members = members;
        this.condition = condition;
        this.confirmation = new LeaderConfirmation(members.self());
        this.barrier = new ReadBarrier(this::ask);
    }

    /** All readers here and those of the members that ask this one share its rounds. */
    ReadBarrier barrier() {
        return barrier;
    }

    private CompletableFuture<Long> ask() {
        Engine engine = members.engine();
        if (engine == null) {
            return unavailable(condition.reason());
        }
        if (engine.leaderReady()) {
            // As the journal has them, not as they were looked at last: a majority of former voters confirms nothing.
            Peers voters = members.peersOf(engine.configuration());
            return voters == null
                    ? unavailable("the voters are being changed: member=" + members.self())
                    : confirmation.confirm(engine, voters, members.transport(), CONFIRM_TIMEOUT);
        }
        String leader = condition.leader();
        Transport transport = members.transport();
        Membership.Member target =
                leader == null ? null : members.peers().find(leader).orElse(null);
        if (target == null || transport == null || target.name().equals(members.self())) {
            return unavailable("no leader is ready: member=" + members.self() + " " + condition.reason());
        }
        byte[] known =
                ByteBuffer.allocate(Long.BYTES).putLong(engine.commitIndex()).array();
        return transport
                .call(target.address(), Method.READ_INDEX, known, CONFIRM_TIMEOUT)
                .handle((reply, error) -> {
                    if (error != null || reply.length != Long.BYTES) {
                        throw new UnavailableException(
                                "leader did not confirm itself: member=" + members.self() + " leader=" + target.name()
                                        + " reason=" + (error == null ? "reply" : error.getMessage()));
                    }
                    return ByteBuffer.wrap(reply).getLong();
                });
    }

    /** Answers another member; tells the followers the commit index at once when that member does not know it yet. */
    CompletableFuture<byte[]> answer(byte[] request) {
        Engine engine = members.engine();
        if (engine == null || !engine.leaderReady()) {
            return CompletableFuture.failedFuture(
                    new UnavailableException("member does not lead: member=" + members.self()));
        }
        long known = request.length == Long.BYTES ? ByteBuffer.wrap(request).getLong() : -1;
        return barrier.join().thenApply(index -> {
            if (known < index) {
                engine.heartbeatNow();
            }
            return ByteBuffer.allocate(Long.BYTES).putLong(index).array();
        });
    }

    private static CompletableFuture<Long> unavailable(String reason) {
        return CompletableFuture.failedFuture(new CompletionException(new UnavailableException(reason)));
    }
}
