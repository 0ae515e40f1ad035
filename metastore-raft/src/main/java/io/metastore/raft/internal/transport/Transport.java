package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Carries requests between members and replies back.
 *
 * <p>Delivery: at most once per call, in no promised order; a call whose future fails may nevertheless have been handled. Callable from any
 * thread. Request and reply bytes are never changed after they were handed over.
 */
public interface Transport extends AutoCloseable {

    /**
     * Starts to answer at this member's own address. Called once, before the first call.
     *
     * @throws IOException the address cannot be served, for example a busy port; nothing is left open
     */
    void listen(Handler handler) throws IOException;

    /**
     * Sends a request. Never blocks for the reply; an in-JVM implementation may run the handler on the calling thread.
     *
     * @param address where the other member listens, as its membership names it
     * @param timeout the future fails with {@link java.util.concurrent.TimeoutException} when no reply came within it
     * @return the reply, completed on a thread of the transport, or of the handler, which must not be blocked; fails with {@link TransportException} when the other side could not be reached or refused
     */
    CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout);

    /** Stops answering and calling; pending calls fail. Idempotent, bounded to a second, leaves no thread behind. */
    @Override
    void close();

    /**
     * Answers requests. A thrown exception or a failed future reaches the caller as {@link TransportException}, of kind REFUSED if it was
     * one of that kind and FAILED otherwise.
     *
     * <p>Called on the caller's thread (in-JVM) or on a thread of the transport (network). There {@link Method#RAFT_APPEND}, {@link
     * Method#RAFT_READ_INDEX}, {@link Method#READ_INDEX}, {@link Method#CONFIRM_TERM}, {@link Method#LEADER_OPINION} and {@link
     * Method#FORWARD} are handled on an I/O thread, in order of arrival per caller, and must not block it; the others have a small pool, those about
     * images one of their own, and may wait for the disk.
     */
    @FunctionalInterface
    interface Handler {
        CompletableFuture<byte[]> handle(Method method, byte[] request);
    }
}
