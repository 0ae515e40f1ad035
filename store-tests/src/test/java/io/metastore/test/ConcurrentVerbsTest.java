package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Cluster;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.Operation;
import io.metastore.api.PendingOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Verbs that are asked for at the same instant of different members: one is accepted, the others are told of it. */
class ConcurrentVerbsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROUNDS = 25;

    @Test
    void ofVerbsAskedForAtTheSameInstantOneIsAccepted() throws Exception {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).observers(1).patience(PATIENCE).start()) {
            // given an observer that is away, so that its promotion waits and is open until it is taken back
            TestMember away = cluster.observers().get(0).kill();
            List<TestMember> asked = cluster.running();
            awaitSilence(asked, away);
            ExecutorService callers = Executors.newFixedThreadPool(asked.size());
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    CyclicBarrier together = new CyclicBarrier(asked.size());
                    List<Callable<Object>> calls = new ArrayList<>();
                    for (TestMember member : asked) {
                        Cluster verbs = member.store().withTimeout(PATIENCE).cluster();
                        calls.add(() -> {
                            together.await();
                            return promote(verbs, away.name());
                        });
                    }
                    // when
                    List<Object> answers = answers(callers.invokeAll(calls));
                    // then
                    List<PendingOperation> accepted = answers.stream()
                            .filter(PendingOperation.class::isInstance)
                            .map(PendingOperation.class::cast)
                            .toList();
                    assertThat(accepted).as("round " + round + " " + answers).hasSize(1);
                    assertThat(answers.stream().filter(answer -> answer == Reason.CHANGE_IN_PROGRESS))
                            .hasSize(asked.size() - 1);
                    accepted.get(0).cancel();
                }
            } finally {
                callers.shutdownNow();
                assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(cluster.leader().store().cluster().operations())
                    .hasSize(ROUNDS)
                    .allMatch(Operation::isOver);
            cluster.assertConverged();
        }
    }

    private static void awaitSilence(List<TestMember> asked, TestMember away) {
        Awaitility.await().atMost(PATIENCE).until(() -> asked.stream()
                .allMatch(member -> member.store().cluster().members().stream()
                        .anyMatch(row -> row.name().equals(away.name()) && !row.alive())));
    }

    /** The operation, or why there is none. */
    private static Object promote(Cluster verbs, String name) {
        try {
            return verbs.promote(name);
        } catch (MembershipRefusedException e) {
            return e.reason();
        }
    }

    private static List<Object> answers(List<Future<Object>> calls) throws InterruptedException, ExecutionException {
        List<Object> answers = new ArrayList<>();
        for (Future<Object> call : calls) {
            answers.add(call.get());
        }
        return answers;
    }
}
