package io.metastore.raft.internal.node;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A member's transport, which can be exchanged for one at another address while everybody who has it goes on. For a while both are there: the old one
 * still answers those who do not know the new address yet.
 */
final class MovableTransport implements Transport {

    private volatile Transport current;

    /** Guarded by this. */
    private @Nullable Transport former;

    /** Guarded by this. */
    private boolean closed;

    MovableTransport(Transport first) {
        current = first;
    }

    @Override
    public void listen(Handler handler) throws IOException {
        current.listen(handler);
    }

    @Override
    public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
        return current.call(address, method, request, timeout);
    }

    /** Calls go out over the next one from now on; the one before answers until {@link #leaveFormer}. The next one listens already. */
    synchronized void move(Transport next) {
        if (closed) {
            next.close();
            return;
        }
        leaveFormer();
        former = current;
        current = next;
    }

    /** Stops answering at the address before. Idempotent. */
    synchronized void leaveFormer() {
        Transport left = former;
        former = null;
        if (left != null) {
            left.close();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            leaveFormer();
        }
        current.close();
    }
}
