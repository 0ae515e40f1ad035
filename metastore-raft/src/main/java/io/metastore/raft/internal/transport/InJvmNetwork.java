package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A network of members inside one JVM, without sockets, ports or threads of its own. Single members, demos and the test kit use it.
 *
 * <p>A call looks the listener up and runs its handler on the calling thread; request and reply are passed as they are, not copied. When the
 * handler answers at once there is no timer, no hand-over and no further object. The timeout therefore starts to count for a handler that
 * answers later; one that blocks blocks its caller. Any thread may call; replies that come later complete on the handler's thread.
 */
public final class InJvmNetwork {
    private final ConcurrentHashMap<String, InJvmTransport> listening = new ConcurrentHashMap<>();
    private final Set<InJvmTransport> open = ConcurrentHashMap.newKeySet();

    /** A member at an address of any form; it is reachable from {@link Transport#listen} until {@link Transport#close}. */
    public Transport transport(String ownAddress) {
        InJvmTransport transport = new InJvmTransport(ownAddress);
        open.add(transport);
        return transport;
    }

    private final class InJvmTransport implements Transport {
        private final String ownAddress;
        private final PendingCalls pending = new PendingCalls(TransportTimer.shared());

        private volatile @Nullable Handler handler;
        private volatile boolean closed;

        InJvmTransport(String ownAddress) {
            this.ownAddress = ownAddress;
        }

        @Override
        public synchronized void listen(Handler newHandler) throws IOException {
            if (closed) {
                throw new IOException("transport is closed: address=" + ownAddress);
            }
            if (handler != null) {
                throw new IllegalStateException("already listening: address=" + ownAddress);
            }
            if (listening.putIfAbsent(ownAddress, this) != null) {
                throw new IOException("address is in use in this network: address=" + ownAddress
                        + "; close the member that has it, or choose another address");
            }
            handler = newHandler;
        }

        @Override
        public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
            if (closed) {
                return unreachable("own transport is closed", address, method);
            }
            InJvmTransport peer = listening.get(address);
            Handler peerHandler = peer == null ? null : peer.handler;
            if (peer == null || peerHandler == null || peer.closed) {
                return unreachable("nobody listens", address, method);
            }
            CompletableFuture<byte[]> handled = Handling.handle(peerHandler, method, request);
            if (handled.isDone() && !handled.isCompletedExceptionally()) {
                return handled;
            }
            return await(handled, peer, pending.open(address, method, timeout));
        }

        @SuppressWarnings("FutureReturnValueIgnored") // The callback is the end of the chain and does not throw.
        private CompletableFuture<byte[]> await(
                CompletableFuture<byte[]> handled, InJvmTransport peer, PendingCall call) {
            handled.whenComplete((reply, failure) -> {
                if (pending.take(call.id()) == null) {
                    return; // Timed out, or one of the two sides was closed.
                }
                if (failure == null) {
                    call.complete(reply);
                } else {
                    call.completeExceptionally(Handling.failure(failure, call.facts()));
                }
            });
            if (peer.closed) { // Closed since the look-up: its close may have passed over this call.
                failCallsTo(peer.ownAddress);
            }
            return call;
        }

        private void failCallsTo(String address) {
            pending.fail(
                    call -> call.address().equals(address),
                    call -> call.fail(
                            TransportException.Kind.FAILED, "the other member was closed while the call was pending"));
        }

        private CompletableFuture<byte[]> unreachable(String why, String address, Method method) {
            return CompletableFuture.failedFuture(new TransportException(
                    TransportException.Kind.UNREACHABLE,
                    why + ": from=" + ownAddress + " to=" + address + " method=" + method));
        }

        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            open.remove(this);
            if (listening.remove(ownAddress, this)) {
                open.forEach(other -> other.failCallsTo(ownAddress));
            }
            pending.close(call ->
                    call.fail(TransportException.Kind.FAILED, "own transport was closed while the call was pending"));
        }
    }
}
