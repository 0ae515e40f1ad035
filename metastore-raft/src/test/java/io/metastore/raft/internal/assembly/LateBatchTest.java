package io.metastore.raft.internal.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetaStore;
import io.metastore.api.Timeouts;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.internal.transport.InJvmNetwork;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same bytes of a batch arrive again, late and at other leaders: what they ask for happens once, and every copy is told the same. */
class LateBatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** As long as a copy may hide in a network and a memory of requests may be shorter; nothing here depends on the time. */
    private static final Duration LATE = Duration.ofMillis(1100);

    /** An observer: a leader keeps the outcomes of its own batches to itself. */
    private static final String WRITER = "fe4";

    private final ListeningNetwork network = new ListeningNetwork();
    private final Transport stranger = network.inJvm.transport("stranger:1");
    private final Map<String, MetaStore> members = new TreeMap<>();

    @Test
    void aBatchThatArrivesAgainAtLaterLeadersIsAppliedOnce(@TempDir Path temporary) throws Exception {
        try {
            // given: one increment, seen on its way to the leader
            openAll(temporary);
            String leader = awaitLeader();
            MetaStore store = members.get(WRITER).withTimeout(PATIENCE);
            assertThat(store.ids("n").next()).isEqualTo(1);
            byte[] batch = network.batches.get(network.batches.size() - 1);
            long sent = System.nanoTime();
            BatchOutcome outcome = deliver(batch, leader);
            assertThat(outcome.status()).isEqualTo(BatchOutcome.Status.APPLIED);
            // when: two copies at once
            CompletableFuture<byte[]> one = forward(batch, leader);
            CompletableFuture<byte[]> other = forward(batch, leader);
            // then
            assertSame(outcome(other), outcome);
            assertSame(outcome(one), outcome);
            // when: late, and at the next leader
            MemberProbe.kill(members.remove(leader));
            String next = awaitLeader();
            Awaitility.await().until(() -> System.nanoTime() - sent > LATE.toNanos());
            // then
            assertThat(next).isNotEqualTo(leader);
            assertSame(deliver(batch, next), outcome);
            // when: all have forgotten what is not on disk, and another batch of the session came between
            MetaStore survivor = members.get(WRITER).withTimeout(PATIENCE);
            assertThat(survivor.ids("n").next()).isEqualTo(2);
            members.values().forEach(MetaStore::close);
            members.clear();
            openAll(temporary);
            String last = awaitLeader();
            // then
            assertSame(deliver(batch, last), outcome);
            assertThat(members.get(last).withTimeout(PATIENCE).ids("n").next()).isEqualTo(3);
        } finally {
            members.values().forEach(MetaStore::close);
            stranger.close();
        }
    }

    private void openAll(Path root) {
        for (String name : List.of("fe1", "fe2", "fe3", WRITER)) {
            members.put(
                    name,
                    MetaStore.builder(root.resolve(name))
                            .member(name, name + ":1")
                            .bootstrap("fe1=fe1:1", "fe2=fe2:1", "fe3=fe3:1", "fe4=fe4:1/observer")
                            .timeouts(
                                    Timeouts.defaults().withElection(Duration.ofMillis(300), Duration.ofMillis(600)))
                            .with(network)
                            .open());
        }
    }

    private String awaitLeader() {
        return Awaitility.await()
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(
                        () -> members.entrySet().stream()
                                .filter(member ->
                                        MemberProbe.of(member.getValue()).leads())
                                .map(Map.Entry::getKey)
                                .findFirst(),
                        java.util.Optional::isPresent)
                .orElseThrow();
    }

    private CompletableFuture<byte[]> forward(byte[] batch, String to) {
        return stranger.call(to + ":1", Method.FORWARD, batch, PATIENCE);
    }

    private BatchOutcome deliver(byte[] batch, String to) throws Exception {
        return outcome(forward(batch, to));
    }

    /** The first byte says that an outcome follows. */
    private static BatchOutcome outcome(CompletableFuture<byte[]> reply) throws Exception {
        byte[] bytes = reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(bytes[0]).as("%s", new String(bytes, StandardCharsets.UTF_8)).isZero();
        return JournalCodec.decodeOutcome(Arrays.copyOfRange(bytes, 1, bytes.length));
    }

    /** By their bytes: the results hold arrays. */
    private static void assertSame(BatchOutcome now, BatchOutcome first) {
        assertThat(JournalCodec.encodeOutcome(now)).isEqualTo(JournalCodec.encodeOutcome(first));
    }

    /** A network that keeps a copy of every batch on its way to a leader. */
    private static final class ListeningNetwork implements TransportAddon {

        private final InJvmNetwork inJvm = new InJvmNetwork();
        private final List<byte[]> batches = new CopyOnWriteArrayList<>();

        @Override
        public String name() {
            return "listening-network";
        }

        @Override
        public Transport open(String address) {
            Transport inner = inJvm.transport(address);
            return new Transport() {
                @Override
                public void listen(Handler handler) throws IOException {
                    inner.listen(handler);
                }

                @Override
                public CompletableFuture<byte[]> call(String to, Method method, byte[] request, Duration timeout) {
                    if (method == Method.FORWARD) {
                        batches.add(request);
                    }
                    return inner.call(to, method, request, timeout);
                }

                @Override
                public void close() {
                    inner.close();
                }
            };
        }
    }
}
