package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state is looked at without a trace. */
class StateInspectionTest {

    private static final int RECORDS = 5000;

    private final DiskFileLayer files = new DiskFileLayer();

    @TempDir
    Path temporary;

    private MetaState filled(String name) {
        MetaState state =
                MetaState.open(temporary.resolve(name), MetaState.Options.defaults("inspected"), CommandRuntime.NONE);
        state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"), table("u"))));
        for (int i = 1; i <= RECORDS; i++) {
            state.apply(new LogPosition(2, i), entry(SESSION, i + 1, changes(put(1 + i % 2, "k" + i, "v" + i))));
        }
        return state;
    }

    @Test
    void aCheckpointIsReadAndNothingInItIsTouched() throws IOException {
        try (MetaState state = filled("state")) {
            Path directory = temporary.resolve("checkpoint");
            StateCheckpoint checkpoint = state.checkpoint(directory);
            Map<String, Integer> photo = Trees.photo(directory);
            Map<String, FileTime> times = times(directory);
            StateInspection inspection = StateInspection.open(files, directory);
            try (inspection) {
                assertThat(inspection.at()).isEqualTo(state.current());
                assertThat(checkpoint.live(inspection.sequence())).isEqualTo(state.current());
                assertThat(inspection.tables()).isEqualTo(state.tables());
                List<Long> counts = new ArrayList<>();
                assertThat(inspection.recomputeFingerprint(counts::add)).isEqualTo(state.fingerprint());
                assertThat(counts).containsExactly(4096L, (long) RECORDS);
                assertThat(inspection.estimatedRecords()).isBetween(RECORDS / 2L, RECORDS * 2L);
                inspection.verifyChecksums();
                checkRecords(inspection, state);
            }
            assertThat(inspection.openHandles()).isZero();
            assertThat(Trees.photo(directory)).isEqualTo(photo);
            assertThat(times(directory)).isEqualTo(times);
        }
    }

    private static void checkRecords(StateInspection inspection, MetaState state) {
        int count = 0;
        int lastTable = 0;
        try (StateInspection.Records records = inspection.records()) {
            for (InspectedRecord next = records.next(); next != null; next = records.next()) {
                assertThat(next.valueFits()).isTrue();
                assertThat(next.table()).isGreaterThanOrEqualTo(lastTable);
                lastTable = next.table();
                StoredRecord live = state.get(next.table(), next.record().key());
                assertThat(live).usingRecursiveComparison().isEqualTo(next.record());
                count++;
            }
        }
        assertThat(count).isEqualTo(RECORDS);
    }

    @Test
    void aStateThatIsOpenElsewhereIsReadAsItWasFlushed() throws IOException {
        try (MetaState state = filled("state")) {
            LogPosition flushed = state.flush();
            state.apply(new LogPosition(2, RECORDS + 1), entry(SESSION, RECORDS + 2, changes(put(1, "more", "v"))));
            Map<String, Integer> photo = Trees.photo(temporary.resolve("state"));
            try (StateInspection inspection = StateInspection.open(files, temporary.resolve("state"))) {
                assertThat(inspection.at().position()).isEqualTo(flushed);
                assertThat(inspection.recomputeFingerprint(count -> {}))
                        .isEqualTo(inspection.at().fingerprint());
            }
            assertThat(Trees.photo(temporary.resolve("state"))).isEqualTo(photo);
        }
    }

    @Test
    void whatIsNoStateIsRefusedAndLeftAlone() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        assertThatThrownBy(() -> StateInspection.open(files, empty)).isInstanceOf(CorruptStateException.class);
        assertThatThrownBy(() -> StateInspection.open(files, temporary.resolve("absent")))
                .isInstanceOf(CorruptStateException.class);
        assertThat(Trees.photo(empty)).containsOnlyKeys("");
        assertThat(temporary.resolve("absent")).doesNotExist();
        filled("state").close();
        Path state = temporary.resolve("state");
        Path table = files.list(state).stream()
                .filter(name -> name.endsWith(".sst"))
                .map(state::resolve)
                .findFirst()
                .orElseThrow();
        Files.delete(table);
        Map<String, Integer> photo = Trees.photo(state);
        assertThatThrownBy(() -> StateInspection.open(files, state)).isInstanceOf(CorruptStateException.class);
        assertThat(Trees.photo(state)).isEqualTo(photo);
    }

    private static Map<String, FileTime> times(Path directory) throws IOException {
        Map<String, FileTime> times = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                times.put(path.toString(), Files.getLastModifiedTime(path));
            }
        }
        return times;
    }

    @Test
    void singleRecordsAndWhatIsRememberedOfBatchesAreReadable() {
        try (MetaState state = filled("state")) {
            Path directory = temporary.resolve("checkpoint");
            state.checkpoint(directory);
            try (StateInspection inspection = StateInspection.open(files, directory);
                    StateView view = inspection.view()) {
                Map<Long, LogPosition> positions = new TreeMap<>();
                inspection.outcomes(outcome -> positions.put(outcome.sequence(), outcome.position()));
                assertThat(positions).hasSizeBetween(Sessions.WINDOW, RECORDS);
                positions.forEach(
                        (sequence, position) -> assertThat(position).isEqualTo(new LogPosition(2, sequence - 1)));
                assertThat(view.at()).isEqualTo(inspection.at());
                assertThat(view.get(2, Entries.bytes("k1")).value()).isEqualTo(Entries.bytes("v1"));
                assertThat(view.get(1, Entries.bytes("k1"))).isNull();
            }
        }
    }
}
