package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A transport with {@link LinkFaults} between it and the others; over any other transport.
 *
 * <p>Both directions of a call are judged where the call starts: the request on the link to the other member when it is sent, the reply on
 * the link back when it arrives. So every caller in a test needs one of these, listeners need none. A fault set while a call is under way
 * strikes its reply. While no fault is set a call costs one volatile read, and a callback when its reply is not there at once.
 *
 * <p>Threads: those of the other transport; what was delayed goes on in a thread named {@code metastore-faults}.
 */
public final class FaultyTransport implements Transport {
    private final Transport transport;
    private final String ownAddress;
    private final LinkFaults faults;
    private final PendingCalls struck = new PendingCalls(TransportTimer.shared());

    /**
     * Puts the faults before a transport; closing this closes it.
     *
     * @param ownAddress as the faults name this member
     */
    public FaultyTransport(Transport transport, String ownAddress, LinkFaults faults) {
        this.transport = transport;
        this.ownAddress = ownAddress;
        this.faults = faults;
    }

    @Override
    public void listen(Handler handler) throws IOException {
        transport.listen(handler);
    }

    @Override
    public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
        if (faults.active()) {
            FaultyCall call = new FaultyCall(this, address, method, request, timeout);
            call.start();
            return call.result();
        }
        CompletableFuture<byte[]> reply = transport.call(address, method, request, timeout);
        if (reply.isDone()) {
            return reply;
        }
        FaultyCall call = new FaultyCall(this, address, method, request, timeout);
        call.awaitReply(reply);
        return call.result();
    }

    @Override
    public void close() {
        struck.close(call ->
                call.fail(TransportException.Kind.FAILED, "own transport was closed while the call was pending"));
        transport.close();
    }

    Transport transport() {
        return transport;
    }

    String ownAddress() {
        return ownAddress;
    }

    LinkFaults faults() {
        return faults;
    }

    /** Calls that a fault has struck: they end by their own timeout, or when this transport is closed. */
    PendingCalls struck() {
        return struck;
    }
}
