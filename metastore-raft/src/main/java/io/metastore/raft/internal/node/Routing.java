package io.metastore.raft.internal.node;

import io.metastore.api.StoreState;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.UndecodableEntryException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Brings batches to the leader: into the engine when this member leads, over the transport when another does. */
final class Routing implements BatchRouter {

    private static final byte OUTCOME = 0;
    private static final byte NOT_TAKEN = 1;
    private static final byte UNKNOWN = 2;

    private static final Duration FORWARD_TIMEOUT = Duration.ofSeconds(5);

    private final Members members;
    private final Condition condition;
    private final Clock clock;

    /** The last batch sent to another member; there is one at a time. */
    private volatile @Nullable Forward forward;

    /** @param delivery completed by the reply or by {@link #routeChanged} */
    private record Forward(String leader, CompletableFuture<Delivery> delivery) {}

    Routing(Members members, Condition condition, Clock clock) {
        this.members = members;
        this.condition = condition;
        this.clock = clock;
    }

    @Override
    public boolean hasRoute() {
        if (condition.state() == StoreState.READ_ONLY) {
            return false;
        }
        if (members.leads()) {
            return true;
        }
        String leader = condition.leader();
        return leader != null && !leader.equals(members.self()) && members.transport() != null;
    }

    @Override
    public @Nullable String refusal() {
        StoreState state = condition.state();
        return state == StoreState.NO_QUORUM
                        || state == StoreState.READ_ONLY
                        || state == StoreState.RECOVERING
                        || state == StoreState.FAILED
                        || state == StoreState.HALTED
                ? condition.reason()
                : null;
    }

    @Override
    public CompletableFuture<Delivery> deliver(byte[] batch) {
        Engine engine = members.engine();
        if (engine == null) {
            return done(new Delivery.NotTaken("engine does not run"));
        }
        if (engine.leaderReady()) {
            return submit(engine, batch);
        }
        Transport transport = members.transport();
        String leader = condition.leader();
        Membership.Member target =
                leader == null ? null : members.peers().find(leader).orElse(null);
        if (transport == null || target == null || target.name().equals(members.self())) {
            return done(new Delivery.NotTaken("no leader"));
        }
        CompletableFuture<Delivery> delivery = transport
                .call(target.address(), Method.FORWARD, batch, FORWARD_TIMEOUT)
                .handle((reply, error) -> error == null ? decode(reply) : failure(error));
        if (!delivery.isDone()) {
            forward = new Forward(target.name(), delivery);
            routeChanged(); // It may have changed before this could be seen.
        }
        return delivery;
    }

    /** A leader that vanished without a word never answers; once there is another there is no reason to wait for the timeout. */
    @Override
    public void routeChanged() {
        Forward last = forward;
        String leader = condition.leader();
        if (last != null && leader != null && !leader.equals(last.leader())) {
            last.delivery().complete(new Delivery.Unknown("another member leads now: leader=" + leader));
        }
    }

    /** Submits a batch of another member; the reply carries the outcome. */
    CompletableFuture<byte[]> forwarded(byte[] batch) {
        Engine engine = members.engine();
        if (engine == null || !engine.leaderReady()) {
            return CompletableFuture.completedFuture(reply(NOT_TAKEN, "not the leader"));
        }
        if (condition.state() == StoreState.READ_ONLY) {
            return CompletableFuture.completedFuture(reply(NOT_TAKEN, condition.reason()));
        }
        return engine.submit(entry(engine, batch)).handle((outcome, error) -> {
            if (error != null) {
                return engineFailure(error) instanceof Delivery.NotTaken notTaken
                        ? reply(NOT_TAKEN, notTaken.reason())
                        : reply(UNKNOWN, String.valueOf(error.getMessage()));
            }
            if (outcome.length == 0) {
                return reply(UNKNOWN, "leadership changed while the batch was applied");
            }
            return ByteBuffer.allocate(outcome.length + 1)
                    .put(OUTCOME)
                    .put(outcome)
                    .array();
        });
    }

    private CompletableFuture<Delivery> submit(Engine engine, byte[] batch) {
        // The result itself comes from the apply thread, which has it earlier and in full.
        return engine.submit(entry(engine, batch))
                .handle((reply, error) -> error == null ? new Delivery.Unknown("applied") : engineFailure(error));
    }

    private byte[] entry(Engine engine, byte[] batch) {
        return JournalCodec.encodeEntry(clock.millis(), engine.commitIndex(), batch);
    }

    private static Delivery decode(byte[] reply) {
        if (reply.length < 1) {
            return new Delivery.Unknown("empty reply");
        }
        byte[] rest = new byte[reply.length - 1];
        System.arraycopy(reply, 1, rest, 0, rest.length);
        if (reply[0] == OUTCOME) {
            try {
                return new Delivery.Answered(JournalCodec.decodeOutcome(rest));
            } catch (UndecodableEntryException e) {
                // Damaged on the way, or of a build that knows more: the batch is very likely in the journal. What
                // became of it comes from the
                // apply thread here, or from the answer to the same bytes sent again.
                return new Delivery.Unknown("reply of the leader cannot be read: " + e.getMessage());
            }
        }
        // Also when the other side says that it did not take the batch: on a link that repeats messages another copy
        // may be under way.
        return new Delivery.Unknown(new String(rest, StandardCharsets.UTF_8));
    }

    private static byte[] reply(byte status, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(bytes.length + 1).put(status).put(bytes).array();
    }

    private static Delivery failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof TransportException transport && transport.kind() != TransportException.Kind.FAILED) {
            return new Delivery.NotTaken(String.valueOf(cause.getMessage()));
        }
        return new Delivery.Unknown(String.valueOf(cause.getMessage()));
    }

    private static Delivery engineFailure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof EngineException engine && engine.kind() != EngineException.Kind.OUTCOME_UNKNOWN) {
            return new Delivery.NotTaken(String.valueOf(cause.getMessage()));
        }
        return new Delivery.Unknown(String.valueOf(cause.getMessage()));
    }

    private static CompletableFuture<Delivery> done(Delivery delivery) {
        return CompletableFuture.completedFuture(delivery);
    }
}
