package io.metastore.raft.internal.node;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps an engine to itself until the node says otherwise: nothing it sends leaves, nothing reaches it. So that a member does not vote or acknowledge
 * before it is on disk that the cluster has formed. Also what a killed member is behind.
 *
 * <p>Inside one JVM a message may be handled on the sender's thread. An engine interrupts its threads when it stops; the gate counts those that are
 * in another member's code, so that {@link #shut} can wait until they are back.
 */
final class EngineGate implements Transport, MemberService.RaftReceiver {

    private final Transport below;
    private final String self;
    private final AtomicInteger abroad = new AtomicInteger();
    private volatile MemberService.RaftReceiver receiver = (method, request) -> refused(method);
    private volatile boolean open;

    EngineGate(Transport below, String self) {
        this.below = below;
        this.self = self;
    }

    void open() {
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    /** Lets nothing through any more; returns when no thread of this engine is in another member's code, or the time is over. */
    void shut(Duration max) {
        open = false;
        long end = System.nanoTime() + max.toNanos();
        while (abroad.get() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(100_000);
        }
    }

    void receiver(MemberService.RaftReceiver engine) {
        receiver = engine;
    }

    @Override
    public void listen(Handler handler) {
        throw new IllegalStateException("an engine does not listen; the node does");
    }

    @Override
    public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
        abroad.incrementAndGet();
        try {
            return open ? below.call(address, method, request, timeout) : refused(method);
        } finally {
            abroad.decrementAndGet();
        }
    }

    /** Whoever completes the engine's reply runs the other member's code that waits for it. */
    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // The callback takes result and failure alike.
    public CompletableFuture<byte[]> receive(Method method, byte[] request) {
        if (!open) {
            return refused(method);
        }
        CompletableFuture<byte[]> answer = receiver.receive(method, request);
        if (answer.isDone()) {
            return answer;
        }
        CompletableFuture<byte[]> passedOn = new CompletableFuture<>();
        answer.whenComplete((reply, error) -> {
            abroad.incrementAndGet();
            try {
                if (!open) {
                    ForkJoinPool.commonPool().execute(() -> passedOn.completeExceptionally(refusal(method)));
                } else if (error != null) {
                    passedOn.completeExceptionally(error);
                } else {
                    passedOn.complete(reply);
                }
            } finally {
                abroad.decrementAndGet();
            }
        });
        return passedOn;
    }

    private CompletableFuture<byte[]> refused(Method method) {
        return CompletableFuture.failedFuture(refusal(method));
    }

    private TransportException refusal(Method method) {
        return new TransportException(
                TransportException.Kind.UNREACHABLE, "member does not take part: member=" + self + " method=" + method);
    }

    @Override
    public void close() {
        shut(Duration.ZERO);
    }
}
