package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.bytes;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.remove;
import static io.metastore.snapshot.state.Entries.table;
import static io.metastore.snapshot.state.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.journal.TransactionResult.Applied;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetaStateTest {

    private final Path directory;

    MetaStateTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private MetaState open() {
        return MetaState.open(directory.resolve("state"), MetaState.Options.defaults("test"), CommandRuntime.NONE);
    }

    @Test
    void appliesReadsFlushesAndReopens() {
        // given
        try (MetaState state = open()) {
            assertThat(state.applied()).isEqualTo(LogPosition.NONE);
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("users"))));
            // when
            var outcome = state.apply(
                    new LogPosition(1, 1),
                    entry(SESSION, 2, changes(put(1, "a", "1")), changes(put(1, "a", "2"), put(1, "b", "3"))));
            // then
            assertThat(outcome.results()).hasSize(2).allMatch(Applied.class::isInstance);
            StoredRecord a = Objects.requireNonNull(state.get(1, bytes("a")));
            assertThat(text(a.value())).isEqualTo("2");
            assertThat(a.version()).isEqualTo(2);
            assertThat(a.createRevision()).isEqualTo(2);
            assertThat(a.modRevision()).isEqualTo(3);
            assertThat(state.revision().number()).isEqualTo(3);
            assertThat(state.durable()).isEqualTo(LogPosition.NONE);
            assertThat(state.flush()).isEqualTo(new LogPosition(1, 1));
            assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
        }
        try (MetaState state = open()) {
            assertThat(state.applied()).isEqualTo(new LogPosition(1, 1));
            assertThat(state.contains(new LogPosition(1, 1))).isTrue();
            assertThat(state.tables()).hasSize(1);
            assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
            state.apply(new LogPosition(1, 2), entry(SESSION, 3, changes(remove(1, "a"))));
            assertThat(state.get(1, bytes("a"))).isNull();
        }
    }

    @Test
    void unflushedEntriesAreGoneAfterACrashAndThePositionSaysSo() {
        MetaState state = open();
        state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("users"))));
        state.flush();
        state.apply(new LogPosition(1, 1), entry(SESSION, 2, changes(put(1, "a", "1"))));
        assertThat(state.durable()).isEqualTo(new LogPosition(1, 0));
        state.abandon();
        assertThat(state.openHandles()).isZero();
        try (MetaState again = open()) {
            assertThat(again.applied()).isEqualTo(new LogPosition(1, 0));
            assertThat(again.get(1, bytes("a"))).isNull();
        }
    }

    @Test
    void refusesUseAfterClose() {
        MetaState state = open();
        state.close();
        assertThat(state.openHandles()).isZero();
        assertThatThrownBy(() -> state.get(1, bytes("a"))).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(state::view).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> state.apply(new LogPosition(1, 0), entry(SESSION, 1)))
                .isInstanceOf(StoreClosedException.class);
    }

    @Test
    void anInterruptedThreadCanStillFlushAndClose() {
        MetaState state = open();
        state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("users"))));
        Thread.currentThread().interrupt();
        assertThat(state.flush()).isEqualTo(new LogPosition(1, 0));
        state.close();
        assertThat(Thread.interrupted()).isTrue();
        open().close();
    }

    @Test
    void aCheckpointIsAStateOfItsOwn() {
        Path copy = directory.resolve("copy");
        try (MetaState state = open()) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("users"), put(1, "a", "1"))));
            state.checkpoint(copy);
            state.apply(new LogPosition(1, 1), entry(SESSION, 2, changes(put(1, "a", "2"))));
            try (MetaState other = MetaState.open(copy, MetaState.Options.defaults("copy"), CommandRuntime.NONE)) {
                assertThat(other.applied()).isEqualTo(new LogPosition(1, 0));
                assertThat(other.recomputeFingerprint()).isEqualTo(other.fingerprint());
                other.apply(new LogPosition(1, 1), entry(SESSION, 2, changes(put(1, "a", "2"))));
                assertThat(other.current()).isEqualTo(state.current());
            }
        }
    }

    @Test
    void aViewStaysWhatItWas() {
        try (MetaState state = open()) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("users"), put(1, "a", "1"))));
            try (StateView view = state.view()) {
                for (int i = 1; i < 1000; i++) {
                    state.apply(
                            new LogPosition(1, i), entry(SESSION, i + 1, changes(put(1, "a", "x"), table("t" + i))));
                }
                assertThat(view.at().position()).isEqualTo(new LogPosition(1, 0));
                assertThat(view.tables()).hasSize(1);
                assertThat(view.table("t5")).isNull();
                assertThat(view.recomputeFingerprint()).isEqualTo(view.at().fingerprint());
                assertThat(text(Objects.requireNonNull(view.get(1, bytes("a"))).value()))
                        .isEqualTo("1");
            }
            assertThat(state.tables()).hasSize(1000);
        }
    }
}
