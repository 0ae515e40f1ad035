package io.metastore.test.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Records the operations of concurrent clients into a {@link History}.
 *
 * <p>Each client takes a {@link Client} of its own; clients share nothing but the clock, so recording orders no
 * threads that the store would not order. Usage:
 *
 * <pre>{@code
 * var recorder = new HistoryRecorder<RegisterInput, RegisterOutput>();
 * var client = recorder.client(); // one per client
 * var invocation = client.invoke("k1", RegisterInput.write("v7")); // directly before the call
 * try {
 *     long version = store.put("k1", "v7");
 *     invocation.ok(RegisterOutput.done(version)); // directly after the answer
 * } catch (NotAppliedException e) {
 *     invocation.failed();
 * } catch (OutcomeUnknownException e) {
 *     invocation.unknown();
 * }
 * }</pre>
 *
 * <p>Time is {@link System#nanoTime()}, the same for all threads of a JVM. An operation counts as earlier than another only
 * if its completion was read strictly before the other's invocation, so a coarse clock hides violations but makes up none.
 */
public final class HistoryRecorder<I, O> {
    private final LongSupplier nanoClock;
    private final long startNanos;
    private final Queue<Client<I, O>> clients = new ConcurrentLinkedQueue<>();
    private int clientsCreated;

    public HistoryRecorder() {
        this(System::nanoTime);
    }

    /**
     * With a clock of the test's own.
     *
     * @param nanoClock never falls, also from one thread to another
     */
    HistoryRecorder(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
    }

    /** A new client, to be used by one thread at a time. Callable from any thread. */
    public synchronized Client<I, O> client() {
        Client<I, O> client = new Client<>(clientsCreated++, this::nanos);
        clients.add(client);
        return client;
    }

    /**
     * What happened until now; operations under way are unknown. Callable from any thread, also while clients go on.
     *
     * <p>Answers that came after this method began are left out. Otherwise one client's buffer could show the effect of an
     * operation that another client began after its own buffer had been read.
     */
    public History<I, O> history() {
        long cutNanos = nanos();
        List<Operation<I, O>> operations = new ArrayList<>();
        for (Client<I, O> client : clients) {
            for (Invocation<I, O> invocation : client.invocations) {
                if (invocation.invokedNanos() <= cutNanos) {
                    operations.add(invocation.operation(cutNanos));
                }
            }
        }
        return History.of(operations);
    }

    private long nanos() {
        return nanoClock.getAsLong() - startNanos;
    }

    /** One client of the store, usually a thread. It may have several operations under way if its calls do not block. */
    public static final class Client<I, O> {
        private final int id;
        private final LongSupplier nanoClock;

        /** Added to by the thread of the client, read by {@link HistoryRecorder#history()}. */
        private final Queue<Invocation<I, O>> invocations = new ConcurrentLinkedQueue<>();

        private Client(int id, LongSupplier nanoClock) {
            this.id = id;
            this.nanoClock = nanoClock;
        }

        public int id() {
            return id;
        }

        /** Notes that the operation begins; make the call right afterwards. Unknown until the result completes. */
        public Invocation<I, O> invoke(String key, I input) {
            Invocation<I, O> invocation = new Invocation<>(id, key, input, nanoClock);
            invocations.add(invocation);
            return invocation;
        }
    }
}
