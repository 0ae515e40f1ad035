package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CasResult;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Table;
import io.metastore.raft.SimulatedNetwork;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Clients on every member, the observer too, while members are killed and cut off and messages are lost, late and repeated; what they saw must be
 * explainable by one register per key, versions included: so a write that took effect twice shows even when nobody has read it.
 */
class CheckedHistoryTest {

    private static final int KEYS = 4;
    private static final int CLIENTS = 8;
    private static final int FAULTS = Integer.getInteger("history.faults", Fault.values().length * 2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HistoryRecorder<RegisterInput, RegisterOutput> recorder = new HistoryRecorder<>();
    private final AtomicInteger values = new AtomicInteger();
    private final AtomicLong answered = new AtomicLong();

    /** What can go wrong; each is healed before the next. */
    private enum Fault {
        ISOLATION,
        DEATH,
        ONE_WAY_CUT,
        PARTITION,
        NOISE
    }

    @Test
    void whatClientsSawUnderKillsPartitionsAndNoiseIsLinearizable() {
        check(MetaStoreTest.Links.SIMULATED, FAULTS);
    }

    @Test
    void whatClientsSawOverGrpcIsLinearizableToo() {
        check(MetaStoreTest.Links.GRPC, FAULTS / 2);
    }

    private void check(MetaStoreTest.Links links, int faults) {
        long seed = Long.getLong("history.seed", System.nanoTime());
        System.out.println("checked history: links=" + links + " seed=" + seed);
        try (TestCluster cluster = TestCluster.builder()
                        .voters(3)
                        .observers(1)
                        .links(links)
                        .seed(seed)
                        .patience(PATIENCE)
                        .start();
                Crew crew = new Crew()) {
            // given
            cluster.members().forEach(member -> member.table(NOTES));
            for (int i = 0; i < CLIENTS; i++) {
                TestMember member = cluster.members().get(i % 4);
                Random random = new Random(seed + i);
                crew.start("client-" + i, () -> client(member, random, crew));
            }
            // when
            Random random = new Random(seed);
            for (int i = 0; i < faults; i++) {
                strike(Fault.values()[i % Fault.values().length], cluster, random, crew);
                cluster.leader();
            }
            crew.finish();
            // then
            cluster.assertConverged();
            History<RegisterInput, RegisterOutput> history = recorder.history();
            Map<String, Long> struck = cluster.network().struck();
            System.out.println("checked history: links=" + links + " seed=" + seed + " faults=" + faults + " ok="
                    + count(history, Outcome.OK) + " failed=" + count(history, Outcome.FAILED) + " unknown="
                    + count(history, Outcome.UNKNOWN) + " struck=" + struck);
            assertThat(struck)
                    .as("seed=%d", seed)
                    .containsKeys(
                            "REQUEST_CUT",
                            "REQUEST_DROPPED",
                            "REPLY_DROPPED",
                            "REQUEST_DELAYED",
                            "REPLY_DELAYED",
                            "DUPLICATED");
            new LinearizabilityChecker<>(RegisterModel.versioned())
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

    /** Lasts until the cluster has answered some more calls, so each fault is lived through and not only waited for. */
    private void strike(Fault fault, TestCluster cluster, Random random, Crew crew) {
        SimulatedNetwork network = cluster.network();
        TestMember victim = random.nextBoolean()
                ? cluster.leader()
                : cluster.members().get(random.nextInt(4));
        TestMember other =
                cluster.members().get((cluster.members().indexOf(victim) + 1 + random.nextInt(3)) % 4);
        long before = network.fired();
        int more = 20 + random.nextInt(80);
        switch (fault) {
            case ISOLATION -> {
                victim.isolate();
                awaitAnswers(more, () -> network.fired() > before, crew);
            }
            case DEATH -> {
                victim.kill();
                awaitAnswers(more, () -> true, crew);
                victim.restart();
            }
            case ONE_WAY_CUT -> {
                network.cutOneWay(victim.address(), other.address());
                awaitAnswers(more, () -> true, crew); // An observer and a follower have nothing to say to each other.
            }
            case PARTITION -> {
                TestMember leader = cluster.leader();
                List<TestMember> minority = List.of(leader, cluster.observers().get(0));
                cluster.partition(
                        minority,
                        cluster.members().stream()
                                .filter(member -> !minority.contains(member))
                                .toList());
                awaitAnswers(more, () -> network.fired() > before, crew);
            }
            case NOISE -> {
                for (TestMember from : cluster.members()) {
                    for (TestMember to : cluster.members()) {
                        if (from != to) {
                            network.drop(from.address(), to.address(), 0.01);
                            network.duplicate(from.address(), to.address(), 0.2);
                            network.delay(from.address(), to.address(), Duration.ZERO, Duration.ofMillis(5));
                        }
                    }
                }
                List<String> all = List.of("REQUEST_DROPPED", "REPLY_DROPPED", "REPLY_DELAYED", "DUPLICATED");
                awaitAnswers(more, () -> network.struck().keySet().containsAll(all), crew);
            }
        }
        cluster.heal();
    }

    private void awaitAnswers(int more, BooleanSupplier struck, Crew crew) {
        long before = answered.get();
        Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> {
            crew.check();
            return answered.get() - before >= more && struck.getAsBoolean();
        });
    }

    private void client(TestMember member, Random random, Crew crew) {
        HistoryRecorder.Client<RegisterInput, RegisterOutput> client = recorder.client();
        Map<String, Long> versions = new HashMap<>();
        while (!crew.isOver()) {
            MetaStore store = running(member, crew);
            if (store != null) {
                String key = "k" + random.nextInt(KEYS);
                RegisterInput input = input(random, versions.getOrDefault(key, 0L));
                run(store.withTimeout(Duration.ofMillis(700)), client.invoke(key, input), key, input, versions);
            }
        }
    }

    /** Waits while it is dead; null when it died or all is over meanwhile. */
    private static @Nullable MetaStore running(TestMember member, Crew crew) {
        Awaitility.await().atMost(PATIENCE).until(() -> member.isRunning() || crew.isOver());
        try {
            return member.store();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    private RegisterInput input(Random random, long version) {
        String value = "v" + values.incrementAndGet();
        int draw = random.nextInt(12);
        if (draw < 4) {
            return RegisterInput.read();
        } else if (draw < 7) {
            return RegisterInput.write(value);
        } else if (draw < 10 && version > 0) {
            return RegisterInput.replace(version, value);
        }
        return draw == 10 ? RegisterInput.remove() : RegisterInput.compareAndSet(null, value);
    }

    private void run(
            MetaStore store,
            Invocation<RegisterInput, RegisterOutput> invocation,
            String key,
            RegisterInput input,
            Map<String, Long> versions) {
        try {
            RegisterOutput output = call(store, key, input);
            invocation.ok(output);
            answered.incrementAndGet();
            if (output.version() != RegisterOutput.VERSION_UNSEEN) {
                versions.put(key, output.version());
            }
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
            return entry.map(found -> RegisterOutput.value(found.value(), found.version()))
                    .orElseGet(RegisterOutput::absent);
        } else if (input instanceof RegisterInput.Write write) {
            table.put(key, write.value());
            return RegisterOutput.done();
        } else if (input instanceof RegisterInput.Remove) {
            table.remove(key);
            return RegisterOutput.done();
        } else if (input instanceof RegisterInput.CompareAndSet create) {
            return output(table.putIfAbsent(key, create.next()), 1);
        } else if (input instanceof RegisterInput.Replace replace) {
            long expected = replace.expectedVersion();
            return output(table.replace(key, expected, replace.value()), expected + 1);
        }
        throw new AssertionError(input);
    }

    private static RegisterOutput output(CasResult result, long versionThen) {
        return result instanceof CasResult.Conflict conflict
                ? RegisterOutput.conflict(conflict.currentVersion())
                : RegisterOutput.done(versionThen);
    }
}
