package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Answers the other members. What it cannot do yet it refuses; it never waits. */
public final class MemberService implements Transport.Handler {

    /** Takes messages of the engine's own. */
    public interface RaftReceiver {
        CompletableFuture<byte[]> receive(Method method, byte[] request);
    }

    private final Members members;
    private volatile RaftReceiver raft = (method, request) -> notYet(method);
    private volatile Function<byte[], CompletableFuture<byte[]>> forwards = request -> notYet(Method.FORWARD);
    private volatile Function<byte[], CompletableFuture<byte[]>> readIndexes = request -> notYet(Method.READ_INDEX);
    private volatile Function<byte[], byte[]> hello =
            request -> MemberFacts.of().encode();
    private volatile Function<byte[], MemberFacts> describe = request -> MemberFacts.of();
    private volatile Function<byte[], CompletableFuture<byte[]>> joins = request -> notYet(Method.JOIN);
    private volatile Function<byte[], CompletableFuture<byte[]>> opinions = request -> notYet(Method.LEADER_OPINION);

    private volatile Transport.Handler images = (method, request) -> notYet(method);
    private volatile Transport.Handler recoveries = (method, request) -> notYet(method);

    MemberService(Members members) {
        this.members = members;
    }

    void serve(
            Function<byte[], CompletableFuture<byte[]>> forwards,
            Function<byte[], CompletableFuture<byte[]>> readIndexes,
            Function<byte[], CompletableFuture<byte[]>> opinions,
            Function<byte[], MemberFacts> describe,
            Function<byte[], CompletableFuture<byte[]>> joins) {
        this.forwards = forwards;
        this.readIndexes = readIndexes;
        this.opinions = opinions;
        this.describe = describe;
        this.joins = joins;
    }

    void raft(RaftReceiver receiver) {
        raft = receiver;
    }

    /** Who answers for images. */
    void images(Transport.Handler handler) {
        images = handler;
    }

    /** Who answers recoveries that are carried out elsewhere. */
    void recoveries(Transport.Handler handler) {
        recoveries = handler;
    }

    void hello(Function<byte[], byte[]> answer) {
        hello = answer;
    }

    @Override
    public CompletableFuture<byte[]> handle(Method method, byte[] request) {
        return switch (method) {
            case RAFT_APPEND, RAFT_VOTE, RAFT_SNAPSHOT, RAFT_START_ELECTION, RAFT_READ_INDEX ->
                raft.receive(method, request);
            case FORWARD -> forwards.apply(request);
            case READ_INDEX -> readIndexes.apply(request);
            case CONFIRM_TERM -> confirmTerm(request);
            case JOIN -> joins.apply(request);
            case LEADER_OPINION -> opinions.apply(request);
            case DESCRIBE ->
                CompletableFuture.completedFuture(describe.apply(request).encode());
            case IMAGE_LIST, IMAGE_RENEW, IMAGE_MANIFEST, IMAGE_CHUNK -> images.handle(method, request);
            case SURVEY, RECOVERY -> recoveries.handle(method, request);
            case HELLO -> CompletableFuture.completedFuture(hello.apply(request));
        };
    }

    /** Only by the very incarnation that is meant: one that has lost what it knew could confirm a leader of the past. */
    private CompletableFuture<byte[]> confirmTerm(byte[] request) {
        Engine engine = members.engine();
        boolean meant = members.id().equals(new String(request, StandardCharsets.UTF_8));
        if (engine == null || !meant) {
            return notYet(Method.CONFIRM_TERM);
        }
        return CompletableFuture.completedFuture(
                ByteBuffer.allocate(Long.BYTES).putLong(engine.currentTerm()).array());
    }

    private CompletableFuture<byte[]> notYet(Method method) {
        return CompletableFuture.failedFuture(new TransportException(
                TransportException.Kind.REFUSED,
                "member is not ready for this: member=" + members.self() + " method=" + method));
    }
}
