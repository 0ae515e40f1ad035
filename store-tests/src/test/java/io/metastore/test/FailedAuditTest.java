package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.Health;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.Progress;
import io.metastore.api.ReadMode;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An audit that cannot be made shows in health, with the reason, until one can. */
class FailedAuditTest extends OneMember {

    /** Told of all long work, on the thread that does it. */
    private volatile Consumer<Progress> onProgress = progress -> {};

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.progress(progress -> onProgress.accept(progress));
    }

    private Path scratch() {
        return directory.resolve("stores/main/epoch-000001/scratch");
    }

    /** Something else has its name: nothing can be made in it, whoever tries. */
    private void breakScratch() throws IOException {
        try (Stream<Path> left = Files.list(scratch())) {
            assertThat(left).isEmpty();
        }
        Files.delete(scratch());
        Files.writeString(scratch(), "in the way");
    }

    private void mendScratch() throws IOException {
        Files.delete(scratch());
        Files.createDirectory(scratch());
    }

    private Optional<Health.Finding> finding() {
        return store.health().findings().stream()
                .filter(finding -> finding.code().equals("AUDIT_FAILED"))
                .findFirst();
    }

    private List<Operation> audits() {
        return store.cluster().operations().stream()
                .filter(operation -> operation.type() == OperationType.AUDIT)
                .toList();
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            store.table(NOTES).put("k" + i, "v");
        }
    }

    @Test
    void oneThatWasAskedForFailsAndShowsUntilOneSucceeds() throws IOException {
        write(20);
        store.checkpoints().create();
        write(20);
        assertThat(store.checkpoints().audit().agrees()).isTrue();
        assertThat(finding()).isEmpty();
        // when
        breakScratch();
        // then
        assertThatThrownBy(() -> store.checkpoints().audit())
                .isInstanceOf(CheckpointFailedException.class)
                .hasMessageContaining("audit has no place to replay in")
                .hasMessageContaining(scratch().toString());
        assertThat(finding()).hasValueSatisfying(finding -> {
            assertThat(finding.text())
                    .contains("audit has no place to replay in", scratch().toString());
            assertThat(finding.remedy()).isNotBlank();
        });
        assertThat(store.health().ready()).as("it serves as before").isTrue();
        write(5);
        // when
        mendScratch();
        // then
        assertThat(store.checkpoints().audit().agrees()).isTrue();
        assertThat(finding()).isEmpty();
    }

    /** The journal cannot be read any more in the middle of the replay: what the audit says is why the member stopped. */
    @Test
    void oneDuringWhichTheMemberStopsEndsByWhatItStoppedFor() {
        write(20);
        store.checkpoints().create();
        write(20);
        CompletableFuture<Boolean> replaying = new CompletableFuture<>();
        CompletableFuture<Boolean> stopped = new CompletableFuture<>();
        onProgress = progress -> {
            if (progress.operation() == Progress.Operation.AUDIT
                    && progress.step().equals("replaying the journal")
                    && progress.done() == 0) {
                replaying.complete(Boolean.TRUE);
                stopped.join();
            }
        };
        // when
        CompletableFuture<Audited> audit =
                CompletableFuture.supplyAsync(() -> store.checkpoints().audit());
        result(replaying);
        leading().interrupt(); // It takes that for a bug and dies.
        Awaitility.await().atMost(PATIENCE).until(() -> store.status().state() == StoreState.FAILED);
        stopped.complete(Boolean.TRUE);
        // then
        assertThatThrownBy(() -> result(audit))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("has stopped while it was audited: member=single index=")
                .hasMessageContaining("reason=");
        Health health = store.health();
        assertThat(health.live()).isFalse();
        assertThat(health.ready()).isFalse();
        assertThat(health.findings()).extracting(Health.Finding::code).contains("FAILED", "AUDIT_FAILED");
        assertThat(finding().orElseThrow().text()).contains("has stopped while it was audited");
        assertThat(audits()).singleElement().satisfies(operation -> {
            assertThat(operation.state()).isEqualTo(OperationState.FAILED);
            assertThat(operation.error()).contains("has stopped while it was audited");
            assertThat(operation.ended()).isNotNull();
        });
        assertThat(store.table(NOTES).reading(ReadMode.local()).get("k1")).contains("v");
        assertThatThrownBy(() -> store.checkpoints().audit())
                .as("nor does the next one")
                .isInstanceOf(StoreFailedException.class);
        // when
        reopen();
        // then
        assertThat(finding()).isEmpty();
        assertThat(store.checkpoints().audit().agrees()).isTrue();
    }

    /** The thread of the engine without which the member cannot lead. */
    private static Thread leading() {
        List<Thread> found = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("single@")
                        && thread.getName().endsWith("LeaderStateImpl"))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    /** Nobody is there to be told: it is told by health, listed once as an operation that failed, and tried again by itself. */
    @Test
    void oneThatRunsByItselfFailsAndIsTriedAgain() throws IOException {
        store.close();
        store = MetaStore.builder(directory)
                .checkpoints(CheckpointPolicy.defaults().toBuilder()
                        .auditEvery(Duration.ofSeconds(1))
                        .build())
                .open();
        breakScratch();
        write(20);
        store.checkpoints().create();
        Awaitility.await().atMost(PATIENCE).until(() -> finding().isPresent());
        assertThat(finding().orElseThrow().text()).contains(scratch().toString());
        Awaitility.await().atMost(PATIENCE).until(() -> !audits().isEmpty());
        assertThat(audits()).singleElement().extracting(Operation::state).isEqualTo(OperationState.FAILED);
        mendScratch();
        Awaitility.await().atMost(PATIENCE).until(() -> finding().isEmpty());
    }
}
