package io.metastore.raft.internal.transport;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One call without a reply so far: the future the caller holds, and what an error message has to say about it. */
final class PendingCall extends CompletableFuture<byte[]> {
    private final long id;
    private final String address;
    private final Method method;
    private final Duration timeout;
    private final long deadlineNanos;

    /** Whether any byte of it may have left this member. Set before it does. */
    private volatile boolean sent;

    PendingCall(long id, String address, Method method, Duration timeout, long deadlineNanos) {
        this.id = id;
        this.address = address;
        this.method = method;
        this.timeout = timeout;
        this.deadlineNanos = deadlineNanos;
    }

    /** Names the call among those of its {@link PendingCalls}; also its number on the wire. */
    long id() {
        return id;
    }

    String address() {
        return address;
    }

    Method method() {
        return method;
    }

    Duration timeout() {
        return timeout;
    }

    /** On the clock of its {@link PendingCalls}. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    void markSent() {
        sent = true;
    }

    boolean isSent() {
        return sent;
    }

    /** Facts for the end of an error message. */
    String facts() {
        return "to=" + address + " method=" + method;
    }

    void fail(TransportException.Kind kind, String what) {
        completeExceptionally(new TransportException(kind, what + ": " + facts()));
    }
}
