package io.metastore.snapshot.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalEntry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories against the {@link Model}. Two states get the same entries: one lives undisturbed, the other is flushed, closed and crashed
 * in between and replays its journal. Every result, fingerprint and record must be the same everywhere.
 */
class HistoryTest {

    private static final int STEPS = 600;

    private final Path directory;
    private final Model model = new Model(TestCommands.ALL);
    private final List<ByteBuffer> journal = new ArrayList<>();
    /** What was answered the first time, by journal index. */
    private final List<byte[]> outcomes = new ArrayList<>();
    /** Kinds of outcomes and results that occurred; a history without some of them tests less than it says. */
    private final Set<String> seen = new TreeSet<>();

    HistoryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private MetaState open(String name) {
        MetaState.Options options = MetaState.Options.defaults(name).withWriteBufferBytes(128 << 10);
        return MetaState.open(directory.resolve(name), options, TestCommands.ALL);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void resultsAndStateAreThoseOfTheModel(long seed) {
        Random random = new Random(seed);
        RandomHistory history = new RandomHistory(random, model, 3);
        MetaState calm = open("calm");
        MetaState disturbed = open("disturbed");
        try {
            for (int step = 0; step < STEPS; step++) {
                append(random, history.next(), calm);
                disturbed = disturb(random, disturbed);
                catchUp(disturbed);
                assertThat(disturbed.current())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(calm.current());
                assertThat(calm.recomputeFingerprint())
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(calm.fingerprint());
                if (step % 50 == 0) {
                    compareRecords(calm, seed);
                    compareRecords(disturbed, seed);
                }
            }
            compareRecords(disturbed, seed);
            assertThat(seen)
                    .as("seed %d", seed)
                    .contains("APPLIED", "APPLIED again", "STALE", "SESSION_UNKNOWN")
                    .contains("Applied", "Applied otherwise", "Applied nothing", "CommandDone", "Conflict")
                    .contains("UNKNOWN_TABLE", "COMMAND_FAILED", "RANGE_TOO_LARGE", "INCOMPATIBLE_TABLE")
                    .contains("COMMITTED", "NOT_COMMITTED", "FORGOTTEN");
        } finally {
            calm.close();
            disturbed.close();
        }
        assertThat(calm.openHandles()).isZero();
        assertThat(disturbed.openHandles()).isZero();
    }

    private void append(Random random, JournalBatch batch, MetaState state) {
        long time = 5_000L + random.nextInt(2_000) + journal.size();
        byte[] entry = JournalCodec.encodeEntry(time, journal.size() - 1, JournalCodec.encodeBatch(batch));
        LogPosition position = position(journal.size());
        journal.add(ByteBuffer.wrap(entry));
        BatchOutcome expected = model.apply(position, time, batch);
        BatchOutcome actual = state.apply(position, ByteBuffer.wrap(entry));
        assertThat(describe(actual)).as("%s", batch).isEqualTo(describe(expected));
        assertThat(state.revision().number()).isEqualTo(model.revision);
        assertThat(state.current().leaderTimeMillis()).isEqualTo(model.leaderTime);
        outcomes.add(JournalCodec.encodeOutcome(actual));
        seen.add(actual.status().name() + (actual.position().equals(position) ? "" : " again"));
        actual.results().forEach(result -> seen.add(Results.kind(result)));
    }

    private MetaState disturb(Random random, MetaState state) {
        switch (random.nextInt(30)) {
            case 0 -> assertThat(state.flush()).isEqualTo(state.applied());
            case 1 -> {
                state.close();
                MetaState again = open("disturbed");
                assertThat(again.applied()).isEqualTo(state.applied());
                return again;
            }
            case 2 -> {
                LogPosition durable = state.durable();
                state.abandon();
                MetaState again = open("disturbed");
                assertThat(again.applied()).isGreaterThanOrEqualTo(durable);
                assertThat(again.recomputeFingerprint()).isEqualTo(again.fingerprint());
                return again;
            }
            default -> {}
        }
        return state;
    }

    /** Replays what the state does not hold; the answers are those of the first time. */
    private void catchUp(MetaState state) {
        for (int index = (int) state.applied().index() + 1; index < journal.size(); index++) {
            ByteBuffer entry = journal.get(index);
            ByteBuffer handed = index % 2 == 0 ? entry.asReadOnlyBuffer() : entry.duplicate();
            BatchOutcome outcome = state.apply(position(index), handed);
            assertThat(JournalCodec.encodeOutcome(outcome)).isEqualTo(outcomes.get(index));
        }
    }

    private static LogPosition position(int index) {
        return new LogPosition(1 + index / 100, index);
    }

    private void compareRecords(MetaState state, long seed) {
        try (StateView view = state.view()) {
            assertThat(view.at()).isEqualTo(state.current());
            assertThat(view.tables()).containsExactlyInAnyOrderElementsOf(model.contents.tables.values());
            model.contents.sequences.forEach(
                    (name, last) -> assertThat(view.lastId(name)).isEqualTo(last));
            for (int table = 1; table <= model.contents.tables.size(); table++) {
                List<String> expected = new ArrayList<>();
                for (StoredRecord row : model.range(table, new byte[0], null).values()) {
                    expected.add(describe(row));
                    StoredRecord read = state.get(table, row.key());
                    assertThat(read == null ? "none" : describe(read)).isEqualTo(describe(row));
                }
                assertThat(scan(view, table, false)).as("seed %d", seed).isEqualTo(expected);
                List<String> reversed = new ArrayList<>();
                expected.forEach(row -> reversed.add(0, row));
                assertThat(scan(view, table, true)).as("seed %d", seed).isEqualTo(reversed);
            }
        }
    }

    private static List<String> scan(RecordSource source, int table, boolean reversed) {
        List<String> rows = new ArrayList<>();
        try (RecordSource.RecordCursor cursor = source.scan(table, new byte[0], null, reversed)) {
            for (StoredRecord next = cursor.next(); next != null; next = cursor.next()) {
                rows.add(describe(next));
            }
        }
        return rows;
    }

    private static String describe(StoredRecord row) {
        return Entries.text(row.key()) + "=" + Entries.text(row.value()) + " v" + row.valueVersion() + " #"
                + row.version() + " " + row.createRevision() + ".." + row.modRevision();
    }

    /** Records with arrays have no useful equals; their bytes do, and the entry reads better than bytes. */
    private static String describe(BatchOutcome outcome) {
        StringBuilder text = new StringBuilder()
                .append(outcome.status())
                .append(' ')
                .append(outcome.session())
                .append('/')
                .append(outcome.sequence())
                .append(outcome.position());
        outcome.results().forEach(result -> text.append('\n').append(Results.text(result)));
        return text.toString();
    }

    /** Keeps the decoder in the loop: what the model was given is what the entry says. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12})
    void entriesDecodeToWhatTheyWereMadeOf(long seed) {
        RandomHistory history = new RandomHistory(new Random(seed), model, 3);
        for (int i = 0; i < 300; i++) {
            JournalBatch batch = history.next();
            byte[] encoded = JournalCodec.encodeBatch(batch);
            JournalEntry entry = JournalCodec.decodeEntry(ByteBuffer.wrap(JournalCodec.encodeEntry(i, i, encoded)));
            assertThat(JournalCodec.encodeBatch(entry.batch())).isEqualTo(encoded);
        }
    }
}
