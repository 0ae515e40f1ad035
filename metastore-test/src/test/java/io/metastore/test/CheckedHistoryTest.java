package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Batch;
import io.metastore.api.Check;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Op;
import io.metastore.api.Table;
import io.metastore.test.history.History;
import io.metastore.test.history.HistoryRecorder;
import io.metastore.test.history.Invocation;
import io.metastore.test.history.LinearizabilityChecker;
import io.metastore.test.history.Operation;
import io.metastore.test.history.Outcome;
import io.metastore.test.history.RegisterInput;
import io.metastore.test.history.RegisterModel;
import io.metastore.test.history.RegisterOutput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients on every member while members are killed and cut off; what they saw must be explainable by one register per key. */
class CheckedHistoryTest {

    private static final int KEYS = 4;
    private static final int CLIENTS = 6;
    private static final Duration RUN = Duration.ofSeconds(Long.getLong("history.seconds", 12));

    private final HistoryRecorder<RegisterInput, RegisterOutput> recorder = new HistoryRecorder<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger values = new AtomicInteger();

    @Test
    void whatClientsSawUnderKillsAndPartitionsIsLinearizable() throws Exception {
        long seed = Long.getLong("history.seed", System.nanoTime());
        System.out.println("checked history: seed=" + seed);
        try (TestCluster cluster = TestCluster.builder().voters(3).seed(seed).start()) {
            // given
            cluster.members().forEach(member -> member.table(NOTES));
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                TestMember member = cluster.members().get(i % 3);
                Random random = new Random(seed + i);
                clients.add(new Thread(() -> client(member, random), "client-" + i));
            }
            clients.forEach(Thread::start);
            // when
            int faults = breakThings(cluster, new Random(seed));
            over.set(true);
            for (Thread client : clients) {
                client.join();
            }
            // then
            cluster.assertConverged();
            History<RegisterInput, RegisterOutput> history = recorder.history();
            long ok = count(history, Outcome.OK);
            System.out.println("checked history: seed=" + seed + " faults=" + faults + " ok=" + ok + " unknown="
                    + count(history, Outcome.UNKNOWN) + " messagesStruck="
                    + cluster.network().fired());
            assertThat(faults).isGreaterThan(2);
            assertThat(cluster.network().fired())
                    .as("partitions really cut messages, seed=%d", seed)
                    .isPositive();
            assertThat(ok).as("seed=%d", seed).isGreaterThan(500);
            new LinearizabilityChecker<>(RegisterModel.ofValues())
                    .check(history)
                    .requireLinearizable();
        }
    }

    private static long count(History<RegisterInput, RegisterOutput> history, Outcome outcome) {
        return history.operations().stream()
                .map(Operation::outcome)
                .filter(outcome::equals)
                .count();
    }

    /** Alternates between killing a member, cutting one off, and cutting one direction of one link; heals each before the next. */
    private static int breakThings(TestCluster cluster, Random random) {
        long end = System.nanoTime() + RUN.toNanos();
        int faults = 0;
        while (System.nanoTime() < end) {
            TestMember victim =
                    random.nextBoolean() ? cluster.leader() : cluster.members().get(random.nextInt(3));
            TestMember other = cluster.members().get((cluster.members().indexOf(victim) + 1) % 3);
            switch (faults++ % 3) {
                case 0 -> {
                    victim.isolate();
                    pause(random);
                    victim.rejoin();
                }
                case 1 -> {
                    victim.kill();
                    pause(random);
                    victim.restart();
                }
                default -> {
                    cluster.network().cutOneWay(victim.address(), other.address());
                    pause(random);
                    cluster.heal();
                }
            }
            cluster.leader();
        }
        return faults;
    }

    /** Lets the fault last; the time itself is part of the scenario. */
    private static void pause(Random random) {
        java.util.concurrent.locks.LockSupport.parkNanos(
                Duration.ofMillis(300 + random.nextInt(900)).toNanos());
    }

    private void client(TestMember member, Random random) {
        HistoryRecorder.Client<RegisterInput, RegisterOutput> client = recorder.client();
        while (!over.get()) {
            String key = "k" + random.nextInt(KEYS);
            RegisterInput input = input(random);
            MetaStore store;
            try {
                store = member.store().withTimeout(Duration.ofMillis(700));
            } catch (IllegalStateException e) {
                Thread.onSpinWait(); // Killed; comes back.
                continue;
            }
            run(store, client.invoke(key, input), key, input);
        }
    }

    private RegisterInput input(Random random) {
        String value = "v" + values.incrementAndGet();
        int draw = random.nextInt(10);
        if (draw < 4) {
            return RegisterInput.read();
        } else if (draw < 8) {
            return RegisterInput.write(value);
        }
        return draw == 8 ? RegisterInput.remove() : RegisterInput.compareAndSet(null, value);
    }

    private static void run(
            MetaStore store, Invocation<RegisterInput, RegisterOutput> invocation, String key, RegisterInput input) {
        try {
            invocation.ok(call(store, key, input));
        } catch (MetastoreException e) {
            if (e.outcome() == MetastoreException.Outcome.UNKNOWN) {
                invocation.unknown();
            } else {
                invocation.failed();
            }
        }
    }

    private static RegisterOutput call(MetaStore store, String key, RegisterInput input) {
        Table<String, String> table = store.table(NOTES);
        if (input instanceof RegisterInput.Read) {
            Optional<Entry<String, String>> entry = table.getEntry(key);
            return entry.map(found -> RegisterOutput.value(found.value())).orElseGet(RegisterOutput::absent);
        } else if (input instanceof RegisterInput.Write write) {
            table.put(key, write.value());
            return RegisterOutput.done();
        } else if (input instanceof RegisterInput.Remove) {
            table.remove(key);
            return RegisterOutput.done();
        } else if (input instanceof RegisterInput.CompareAndSet cas) {
            boolean done = store.apply(Batch.when(Check.absent(NOTES, key)).then(Op.put(NOTES, key, cas.next())))
                    .matched();
            return done ? RegisterOutput.done() : RegisterOutput.conflict();
        }
        throw new AssertionError(input);
    }
}
