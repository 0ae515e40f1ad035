package io.metastore.raft.internal.node;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The network of the single member: there is nobody to call. */
final class NoTransport implements Transport {

    @Override
    public void listen(Handler handler) {}

    @Override
    public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
        return CompletableFuture.failedFuture(new TransportException(
                TransportException.Kind.UNREACHABLE, "the single member has no network: address=" + address));
    }

    @Override
    public void close() {}
}
