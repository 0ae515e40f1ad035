package io.metastore.raft.internal.ratis;

import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.transport.InJvmNetwork;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network in this JVM from which members can be cut off. */
final class Links {
    private final InJvmNetwork network = new InJvmNetwork();
    private final Set<String> cutOff = ConcurrentHashMap.newKeySet();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final Set<String> deaf = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> votes = new ConcurrentHashMap<>();
    private static final Choice NONE = (from, to, method, message) -> false;

    private volatile Choice lost = NONE;
    private volatile Choice held = NONE;
    private volatile CompletableFuture<Boolean> released = CompletableFuture.completedFuture(Boolean.TRUE);
    private final Map<String, Runnable> onAnswer = new ConcurrentHashMap<>();

    void cutOff(String member) {
        cutOff.add(member);
    }

    /** Takes {@link #cutOff} back, and nothing else. */
    void reconnect(String member) {
        cutOff.remove(member);
    }

    /** From now on what the member sends, or is sent, is lost without a word. */
    void silence(String member) {
        silent.add(member);
    }

    /** Picks messages. */
    @FunctionalInterface
    interface Choice {
        boolean picks(String from, String to, Method method, byte[] message);
    }

    /** From now on such messages are lost without a word. */
    void lose(Choice newLost) {
        lost = newLost;
    }

    /** From now on such answers, looked at as messages of the one who asked, arrive when the gate is open. */
    void holdAnswers(Choice newHeld, CompletableFuture<Boolean> gate) {
        released = gate;
        held = newHeld;
    }

    /** From now on the member is sent nothing but answers, and requests for its vote. */
    void deafen(String member) {
        deaf.add(member);
    }

    /** How often one has asked the other for its vote. */
    int voteRequests(String from, String to) {
        AtomicInteger count = votes.get(from + ">" + to);
        return count == null ? 0 : count.get();
    }

    /** Returns when one has asked the other for its vote so many times more, and the last time was lost or answered. */
    void awaitVoteRequests(String from, String to, int more) {
        int before = voteRequests(from, to);
        await().atMost(Duration.ofSeconds(20)).until(() -> voteRequests(from, to) > before + more);
    }

    void heal() {
        deaf.clear();
        lost = NONE;
        held = NONE;
        cutOff.clear();
        silent.clear();
        onAnswer.clear();
    }

    /** Runs the action when a message from one to the other has been answered. */
    void onAnswer(String from, String to, Runnable action) {
        onAnswer.put(from + ">" + to, action);
    }

    private void answered(String from, String to) {
        Runnable action = onAnswer.get(from + ">" + to);
        if (action != null) {
            action.run();
        }
    }

    /** A member whose address is its name. */
    Transport transport(String member) {
        Transport inner = network.transport(member);
        return new Transport() {
            @Override
            public void listen(Handler handler) throws IOException {
                inner.listen(handler);
            }

            @Override
            public CompletableFuture<byte[]> call(String address, Method method, byte[] request, Duration timeout) {
                if (cutOff.contains(member) || cutOff.contains(address)) {
                    return CompletableFuture.failedFuture(
                            new TransportException(TransportException.Kind.UNREACHABLE, "link is cut"));
                }
                if (method == Method.RAFT_VOTE) {
                    votes.computeIfAbsent(member + ">" + address, link -> new AtomicInteger())
                            .incrementAndGet();
                }
                if (lost.picks(member, address, method, request)
                        || silent.contains(member)
                        || silent.contains(address)
                        || (deaf.contains(address) && method != Method.RAFT_VOTE)) {
                    return new CompletableFuture<byte[]>().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
                }
                return inner.call(address, method, request, timeout)
                        .thenCompose(reply -> held.picks(member, address, method, reply)
                                ? released.thenApply(open -> reply)
                                : CompletableFuture.completedFuture(reply))
                        .whenComplete((reply, failure) -> answered(member, address));
            }

            @Override
            public void close() {
                inner.close();
            }
        };
    }
}
