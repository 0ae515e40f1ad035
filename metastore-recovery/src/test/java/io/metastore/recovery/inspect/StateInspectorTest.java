package io.metastore.recovery.inspect;

import static io.metastore.recovery.inspect.Catalog.DATABASES;
import static io.metastore.recovery.inspect.Catalog.NAMES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state is looked at without a trace. */
class StateInspectorTest {

    @TempDir
    Path temporary;

    @Test
    void tablesAndRecordsAreReadableAndNothingChanges() {
        Path directory = temporary.resolve("member");
        Revision last;
        try (MetaStore store =
                MetaStore.builder(directory).commands(Catalog.RENAME).open()) {
            Catalog.write(store);
            last = store.table(NAMES).put(20L, "twenty");
        }
        DirectoryPhoto before = DirectoryPhoto.of(directory);
        try (StateInspector state = StateInspector.open(directory)) {
            assertThat(state.revision()).isEqualTo(last);
            assertThat(state.position()).isGreaterThanOrEqualTo(last.position());
            assertThat(state.fingerprint()).hasSize(32);
            assertThat(state.tables())
                    .extracting(InspectedTable::toString)
                    .startsWith("names", "databases", "parts", "opaques");
            assertThat(state.count("names")).isEqualTo(3);
            InspectedRecord twenty = state.get(NAMES, 20L).orElseThrow();
            assertThat(twenty.toString()).startsWith("names[20] = \"twenty\" (v1) version=1 created=" + last.number());
            assertThat(state.get(NAMES, 21L)).isEmpty();
            assertThat(keys(state.scan("names"))).containsExactly("10", "13", "20");
            assertThat(keys(state.scan(NAMES, Range.<Long>all().reversed().limit(2))))
                    .containsExactly("20", "13");
            assertThat(keys(state.scan("databases"))).containsExactly("\"sales_v2\"");
            assertThat(state.with(DATABASES)
                            .get(DATABASES, "sales_v2")
                            .orElseThrow()
                            .value()
                            .value())
                    .usingRecursiveComparison()
                    .isEqualTo(Catalog.SALES);
            assertThatThrownBy(() -> state.count("nothing"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("databases");
        }
        assertThat(DirectoryPhoto.of(directory)).isEqualTo(before);
    }

    private static List<String> keys(Stream<InspectedRecord> records) {
        try (records) {
            return records.map(each -> each.key().toString()).toList();
        }
    }

    @Test
    void anImageIsReadBesideTheStoreThatMadeIt() {
        try (MetaStore store = MetaStore.open(temporary.resolve("member"))) {
            store.table(NAMES).put(1L, "in the image");
            Image image = store.checkpoints().create();
            store.table(NAMES).put(2L, "later");
            Path directory = temporary.resolve("member/stores/main/epoch-000001/image/" + image.name());
            DirectoryPhoto before = DirectoryPhoto.besideAStore(directory);
            try (StateInspector state = StateInspector.open(directory)) {
                assertThat(state.position()).isEqualTo(image.position());
                assertThat(keys(state.scan("names"))).containsExactly("1");
            }
            assertThat(DirectoryPhoto.besideAStore(directory)).isEqualTo(before);
            try (StateInspector running = StateInspector.open(temporary.resolve("member"))) {
                assertThat(running.count("names"))
                        .as("at least what the image flushed")
                        .isBetween(1L, 2L);
            }
            assertThat(store.table(NAMES).get(2L)).hasValue("later");
        }
    }

    @Test
    void whatIsNoStateIsRefused() {
        assertThatThrownBy(() -> StateInspector.open(temporary))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining("no state");
    }
}
