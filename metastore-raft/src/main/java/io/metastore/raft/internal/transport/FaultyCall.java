package io.metastore.raft.internal.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call of a {@link FaultyTransport} on its way to the other member and back. */
final class FaultyCall {
    /** Delayed requests run handlers, which may block; the shared timer thread must not. Threads end after a second without work. */
    private static final Executor DELAYED = delayedExecutor();

    private final FaultyTransport owner;
    private final String address;
    private final Method method;
    private final byte[] request;
    private final Duration timeout;
    private final long startNanos = System.nanoTime();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();

    FaultyCall(FaultyTransport owner, String address, Method method, byte[] request, Duration timeout) {
        this.owner = owner;
        this.address = address;
        this.method = method;
        this.request = request;
        this.timeout = timeout;
    }

    CompletableFuture<byte[]> result() {
        return result;
    }

    void start() {
        LinkVerdict verdict = owner.faults().judge(owner.ownAddress(), address, LinkVerdict.Leg.REQUEST);
        if (verdict.isDuplicated()) {
            after(verdict.duplicateDelayNanos(), this::sendDuplicate);
        }
        if (verdict.fate() != LinkVerdict.Fate.PASSES) {
            strikeRequest(verdict);
        } else if (verdict.delayNanos() == 0) {
            send();
        } else {
            endByTimeout();
            after(verdict.delayNanos(), this::sendDelayed);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback is the end of the chain and does not throw.
    void awaitReply(CompletableFuture<byte[]> reply) {
        reply.whenComplete(this::receive);
    }

    private void sendDelayed() {
        LinkVerdict verdict = owner.faults().judgeArrival(owner.ownAddress(), address, LinkVerdict.Leg.REQUEST);
        if (verdict.fate() == LinkVerdict.Fate.PASSES) {
            send();
        } else {
            strikeRequest(verdict);
        }
    }

    /** Also after the caller's timeout: a late request is handled all the same, as on a real network. */
    private void send() {
        Duration left = remaining();
        awaitReply(owner.transport().call(address, method, request, left.isZero() ? timeout : left));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the second reply.
    private void sendDuplicate() {
        owner.transport().call(address, method, request, timeout);
    }

    private void receive(byte @Nullable [] reply, @Nullable Throwable failure) {
        if (!owner.faults().active() || !crossedTheLink(failure)) {
            complete(reply, failure);
            return;
        }
        LinkVerdict verdict = owner.faults().judge(address, owner.ownAddress(), LinkVerdict.Leg.REPLY);
        if (verdict.fate() != LinkVerdict.Fate.PASSES) {
            strikeReply(verdict);
        } else if (verdict.delayNanos() == 0) {
            complete(reply, failure);
        } else {
            endByTimeout();
            after(verdict.delayNanos(), () -> receiveDelayed(reply, failure));
        }
    }

    private void receiveDelayed(byte @Nullable [] reply, @Nullable Throwable failure) {
        LinkVerdict verdict = owner.faults().judgeArrival(address, owner.ownAddress(), LinkVerdict.Leg.REPLY);
        if (verdict.fate() == LinkVerdict.Fate.PASSES) {
            complete(reply, failure);
        } else {
            strikeReply(verdict);
        }
    }

    /** Whether the outcome is something the other member sent, rather than something this side noticed. */
    private static boolean crossedTheLink(@Nullable Throwable failure) {
        if (failure == null) {
            return true;
        }
        Throwable cause = Handling.unwrap(failure);
        boolean unreachable = cause instanceof TransportException e && e.kind() == TransportException.Kind.UNREACHABLE;
        return !unreachable && !(cause instanceof TimeoutException);
    }

    private void complete(byte @Nullable [] reply, @Nullable Throwable failure) {
        if (failure == null) {
            result.complete(reply);
        } else {
            result.completeExceptionally(Handling.unwrap(failure));
        }
    }

    private void strikeRequest(LinkVerdict verdict) {
        if (verdict.fate() == LinkVerdict.Fate.LOST) {
            endByTimeout();
        } else {
            result.completeExceptionally(
                    new TransportException(TransportException.Kind.UNREACHABLE, "link is cut: " + facts()));
        }
    }

    private void strikeReply(LinkVerdict verdict) {
        if (verdict.fate() == LinkVerdict.Fate.LOST) {
            endByTimeout();
        } else {
            result.completeExceptionally(new TransportException(
                    TransportException.Kind.FAILED, "link was cut before the reply: " + facts()));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback is the end of the chain and does not throw.
    private void endByTimeout() {
        PendingCall struck = owner.struck().open(address, method, remaining());
        struck.whenComplete((reply, failure) -> complete(reply, failure));
        result.whenComplete((reply, failure) -> owner.struck().take(struck.id()));
    }

    private Duration remaining() {
        Duration left = timeout.minusNanos(System.nanoTime() - startNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private String facts() {
        return "from=" + owner.ownAddress() + " to=" + address + " method=" + method;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nothing cancels a message under way.
    private static void after(long delayNanos, Runnable next) {
        if (delayNanos == 0) {
            next.run();
        } else {
            TransportTimer.shared().schedule(() -> DELAYED.execute(next), delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private static Executor delayedExecutor() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(8, 8, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "metastore-faults");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
