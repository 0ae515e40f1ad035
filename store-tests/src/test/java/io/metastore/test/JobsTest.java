package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Checkpoints;
import io.metastore.api.Codecs;
import io.metastore.api.Image;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationFailedException;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.Progress;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long work of members as operations of the cluster. */
class JobsTest {

    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Holds the work of a kind at its first word, on its own thread. */
    private volatile Progress.@Nullable Operation held;

    private volatile CountDownLatch release = new CountDownLatch(0);

    private void listen(Progress progress) {
        if (progress.operation() == held && progress.outcome() == null) {
            held = null;
            try {
                assertThat(release.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                        .as("the work is let go")
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void hold(Progress.Operation operation) {
        release = new CountDownLatch(1);
        held = operation;
    }

    private TestCluster start() {
        return TestCluster.builder()
                .configure(builder -> builder.progress(this::listen))
                .start();
    }

    private static Operation await(TestMember asked, OperationType type, Predicate<Operation> what) {
        Awaitility.await(type + " at " + asked.name() + ": "
                        + asked.store().cluster().operations())
                .atMost(PATIENCE)
                .until(() -> find(asked, type).filter(what).isPresent());
        return find(asked, type).filter(what).orElseThrow();
    }

    /** The newest of a type. */
    private static Optional<Operation> find(TestMember asked, OperationType type) {
        return asked.store().cluster().operations().stream()
                .filter(operation -> operation.type() == type)
                .findFirst();
    }

    @Test
    void jobsShowAtAllMembersAndCanBeCancelledFromEach(@TempDir Path files) {
        try (TestCluster cluster = start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "a"));
            TestMember worker = cluster.followers().get(0);
            TestMember other = cluster.followers().get(1);
            Checkpoints checkpoints = worker.store().checkpoints();
            Image image = checkpoints.create();
            await(worker, OperationType.CHECKPOINT, job -> job.isOver() && job.id() > 0);
            assertThat(checkpoints.create())
                    .as("nothing happened since but that it was noted")
                    .isEqualTo(image);

            // While it runs.
            hold(Progress.Operation.VERIFY);
            CompletableFuture<?> verifying = CompletableFuture.supplyAsync(() -> checkpoints.verify(image));
            Operation running = await(other, OperationType.VERIFY, job -> job.state() == OperationState.RUNNING);
            assertThat(running.target()).isEqualTo(worker.name());
            assertThat(running.requestedBy()).isEqualTo(worker.name());
            assertThat(running.id()).isPositive();
            assertThat(worker.store()
                            .cluster()
                            .operation(running.id())
                            .orElseThrow()
                            .step())
                    .as("what the member itself tells is what is so now")
                    .isNotBlank()
                    .isNotEqualTo("beginning");

            // Taken back by a member that does not run it.
            CompletableFuture<Void> cancelling =
                    CompletableFuture.runAsync(() -> other.store().cluster().cancel(running.id()));
            await(worker, OperationType.VERIFY, job -> job.step().startsWith("being cancelled"));
            release.countDown();
            cancelling.join();
            assertThatThrownBy(verifying::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(OperationFailedException.class)
                    .hasMessageContaining("was cancelled");
            Operation cancelled = await(other, OperationType.VERIFY, Operation::isOver);
            assertThat(cancelled.state()).isEqualTo(OperationState.CANCELLED);
            assertThat(cancelled.id()).isEqualTo(running.id());
            assertThatThrownBy(() -> other.store().cluster().cancel(running.id()))
                    .isInstanceOfSatisfying(MembershipRefusedException.class, refused -> assertThat(refused.reason())
                            .isEqualTo(Reason.CANNOT_CANCEL));

            // Each kind at its end.
            checkpoints.verify(image);
            checkpoints.exportTo(image, files.resolve("export.zip"));
            checkpoints.dumpTo(files.resolve("dump.zip"));
            checkpoints.audit();
            checkpoints.replace(image);
            assertThatThrownBy(() -> checkpoints.exportTo(checkpoints.list().get(0), files.resolve("dump.zip")))
                    .hasMessageContaining("dump.zip");
            for (OperationType type : OperationType.values()) {
                if (type.isJob()) {
                    Operation ended = await(other, type, Operation::isOver);
                    boolean fails = type == OperationType.EXPORT;
                    assertThat(ended.state())
                            .as(ended.toString())
                            .isEqualTo(fails ? OperationState.FAILED : OperationState.DONE);
                    assertThat(ended.error() == null).isEqualTo(!fails);
                    assertThat(ended.ended()).isNotNull();
                }
            }
            assertThat(cluster.leader().store().cluster().operations())
                    .as("newest first")
                    .isSortedAccordingTo((one, two) -> Long.compare(two.id(), one.id()))
                    .extracting(Operation::type)
                    .contains(OperationType.CHECKPOINT, OperationType.DUMP);
            cluster.assertConverged();
        }
    }

    @Test
    void jobEndsWithItsProcess(@TempDir Path files) {
        try (TestCluster cluster = start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "a"));
            TestMember leader = cluster.leader();
            TestMember worker = cluster.anyFollower();
            Checkpoints checkpoints = worker.store().checkpoints();
            Image image = checkpoints.create();
            hold(Progress.Operation.EXPORT);
            CompletableFuture<?> exporting =
                    CompletableFuture.supplyAsync(() -> checkpoints.exportTo(image, files.resolve("cut off")));
            Operation running = await(leader, OperationType.EXPORT, job -> job.state() == OperationState.RUNNING);
            worker.kill();
            release.countDown();
            assertThatThrownBy(exporting::join).isInstanceOf(CompletionException.class);
            worker.restart();
            Operation ended = await(leader, OperationType.EXPORT, Operation::isOver);
            assertThat(ended.id()).isEqualTo(running.id());
            assertThat(ended.state()).isEqualTo(OperationState.FAILED);
            assertThat(ended.error()).isEqualTo("member restarted");
            assertThat(files.resolve("cut off")).doesNotExist();
        }
    }

    @Test
    void jobsRunWithoutALeaderAndAreRecordedWhenThereIsOne() {
        try (TestCluster cluster = start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "a"));
            TestMember alone = cluster.anyFollower();
            List<TestMember> others =
                    cluster.members().stream().filter(member -> member != alone).toList();
            others.forEach(TestMember::stop);
            alone.store().checkpoints().create();
            Operation made = find(alone, OperationType.CHECKPOINT).orElseThrow();
            assertThat(made.state()).isEqualTo(OperationState.DONE);
            assertThat(made.id()).isNegative();
            assertThat(alone.store().cluster().operation(made.id())).contains(made);

            others.get(0).restart();
            Operation recorded = await(others.get(0), OperationType.CHECKPOINT, Operation::isOver);
            assertThat(recorded.id()).isPositive();
            assertThat(recorded.started()).isEqualTo(made.started());
            await(alone, OperationType.CHECKPOINT, job -> job.id() == recorded.id());
            assertThat(alone.store().cluster().operations()).containsOnlyOnce(recorded);
        }
    }

    @Test
    void portLessMemberListsWhatItDidSinceItWasOpenedAndItsRevisionStays(@TempDir Path directory) {
        try (MetaStore store = MetaStore.open(directory.resolve("single"))) {
            Revision before = store.table(NOTES).put("a", "a");
            Image image = store.checkpoints().create();
            store.checkpoints().verify(image);
            assertThat(store.cluster().operations())
                    .extracting(Operation::type, Operation::state)
                    .containsExactly(
                            tuple(OperationType.VERIFY, OperationState.DONE),
                            tuple(OperationType.CHECKPOINT, OperationState.DONE));
            assertThat(store.revision()).isEqualTo(before);
            for (int i = 0; i < 30; i++) {
                store.checkpoints().create();
            }
            assertThat(store.cluster().operations()).hasSize(20);
        }
    }

    @Test
    void ofCheckpointsThatAreMadeByThemselvesOnlyTheFirstFailureShows(@TempDir Path directory) {
        CheckpointPolicy.Builder policy =
                CheckpointPolicy.defaults().toBuilder().entries(5);
        try (MetaStore store = MetaStore.builder(directory.resolve("well"))
                .checkpoints(policy.build())
                .open()) {
            putTen(store);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> store.checkpoints().status().made() > 0);
            assertThat(store.cluster().operations()).isEmpty();
        }
        try (MetaStore store = MetaStore.builder(directory.resolve("full"))
                .checkpoints(policy.freeBytesMin(Long.MAX_VALUE / 2).build())
                .open()) {
            putTen(store);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> store.checkpoints().status().failed() > 1);
            assertThat(store.cluster().operations()).singleElement().satisfies(job -> {
                assertThat(job.type()).isEqualTo(OperationType.CHECKPOINT);
                assertThat(job.state()).isEqualTo(OperationState.FAILED);
                assertThat(job.error()).contains("freeBytesMin");
            });
        }
    }

    private static void putTen(MetaStore store) {
        for (int i = 0; i < 10; i++) {
            store.table(NOTES).put("k" + i, "v");
        }
    }
}
