package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Health;
import io.metastore.api.MetaStore;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An audit that cannot be made shows in health, with the reason, until one can. */
class FailedAuditTest extends OneMember {

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
