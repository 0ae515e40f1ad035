package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.SimulatedNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Clients on every member, the observer too, while members are killed and cut off and messages are lost, late and repeated; what they saw must be
 * explainable by one register per key, versions included: so a write that took effect twice shows even when nobody has read it.
 */
class CheckedHistoryTest {

    private static final int CLIENTS = 8;
    private static final int FAULTS = Integer.getInteger("history.faults", Fault.values().length * 2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RegisterClients clients = new RegisterClients(Duration.ofMillis(100));

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
                crew.start("client-" + i, () -> clients.client(member, random, crew));
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
            Map<String, Long> struck = cluster.network().struck();
            assertThat(struck)
                    .as("seed=%d", seed)
                    .containsKeys(
                            "REQUEST_CUT",
                            "REQUEST_DROPPED",
                            "REPLY_DROPPED",
                            "REQUEST_DELAYED",
                            "REPLY_DELAYED",
                            "DUPLICATED");
            System.out.println("checked history: links=" + links + " seed=" + seed + " faults=" + faults + " "
                    + clients.requireLinearizable() + " struck=" + struck);
        }
    }

    /** Lasts until the cluster has answered some more calls, so each fault is lived through and not only waited for. */
    private void strike(Fault fault, TestCluster cluster, Random random, Crew crew) {
        SimulatedNetwork network = cluster.network();
        TestMember victim =
                random.nextBoolean() ? cluster.leader() : cluster.members().get(random.nextInt(4));
        TestMember other = cluster.members().get((cluster.members().indexOf(victim) + 1 + random.nextInt(3)) % 4);
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
        long before = clients.answered();
        Awaitility.await().pollInterval(Duration.ofMillis(5)).atMost(PATIENCE).until(() -> {
            crew.check();
            return clients.answered() - before >= more && struck.getAsBoolean();
        });
    }
}
