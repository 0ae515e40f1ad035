package io.metastore.raft.internal.node;

import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Keeps every call until the test answers it. */
final class ScriptedTransport implements Transport {

    /** One call; {@code reply} is the test's to complete. */
    record Call(String address, Method method, byte[] request, CompletableFuture<byte[]> reply) {

        void answer(long number) {
            reply.complete(number(number));
        }

        void fail() {
            reply.completeExceptionally(new IllegalStateException("as planned"));
        }
    }

    final List<Call> calls = new ArrayList<>();

    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    @Override
    public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
        Call call = new Call(address, method, request, new CompletableFuture<>());
        calls.add(call);
        return call.reply();
    }

    /** The only call to this address; fails when there is another number of them. */
    Call to(String address) {
        List<Call> found =
                calls.stream().filter(call -> call.address().equals(address)).toList();
        if (found.size() != 1) {
            throw new AssertionError("expected one call to " + address + ": " + calls);
        }
        return found.get(0);
    }

    List<String> addresses() {
        return calls.stream().map(Call::address).toList();
    }

    @Override
    public void listen(Handler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
