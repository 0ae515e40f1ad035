package io.metastore.raft.internal.node;

import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

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
    private volatile Supplier<MemberFacts> describe = MemberFacts::of;
    private volatile Function<byte[], CompletableFuture<byte[]>> opinions = request -> notYet(Method.LEADER_OPINION);

    private volatile Transport.Handler images = (method, request) -> notYet(method);

    MemberService(Members members) {
        this.members = members;
    }

    void serve(
            Function<byte[], CompletableFuture<byte[]>> forwards,
            Function<byte[], CompletableFuture<byte[]>> readIndexes,
            Function<byte[], CompletableFuture<byte[]>> opinions,
            Supplier<MemberFacts> describe) {
        this.forwards = forwards;
        this.readIndexes = readIndexes;
        this.opinions = opinions;
        this.describe = describe;
    }

    void raft(RaftReceiver receiver) {
        raft = receiver;
    }

    /** Who answers for images. */
    void images(Transport.Handler handler) {
        images = handler;
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
            case CONFIRM_TERM -> confirmTerm();
            case LEADER_OPINION -> opinions.apply(request);
            case DESCRIBE -> CompletableFuture.completedFuture(describe.get().encode());
            case IMAGE_LIST, IMAGE_MANIFEST, IMAGE_CHUNK -> images.handle(method, request);
            case HELLO -> CompletableFuture.completedFuture(hello.apply(request));
        };
    }

    private CompletableFuture<byte[]> confirmTerm() {
        Engine engine = members.engine();
        if (engine == null) {
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
