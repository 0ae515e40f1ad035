package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.bytes;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.remove;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.JournalTransaction.CommandCall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedTest {

    private final Path directory;

    FeedTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private MetaState open(long revisions, long bytesMax) {
        return MetaState.open(
                directory.resolve("state"),
                MetaState.Options.defaults("feed").withFeed(revisions, bytesMax),
                TestCommands.ALL);
    }

    private static List<FeedRecord> read(MetaState state, long after) {
        List<FeedRecord> records = new ArrayList<>();
        try (StateView view = state.view();
                FeedCursor cursor = view.feed(after)) {
            for (FeedRecord next = cursor.next(); next != null; next = cursor.next()) {
                records.add(next);
            }
        }
        return records;
    }

    private static String describe(FeedRecord record) {
        return record.revision()
                + record.command()
                + record.changes().stream()
                        .map(change -> Entries.text(change.key()) + "="
                                + (change.value() == null ? "-" : Entries.text(change.value())) + "#"
                                + change.version())
                        .collect(Collectors.joining(" ", " ", ""));
    }

    @Test
    void tellsWhatEveryRevisionChanged() {
        try (MetaState state = open(1000, 1 << 20)) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
            state.apply(
                    new LogPosition(1, 1),
                    entry(
                            70,
                            SESSION,
                            2,
                            changes(put(1, "a", "1"), put(1, "b", "2")),
                            changes(remove(1, "absent")),
                            changes(put(1, "a", "3"), remove(1, "b")),
                            changes(put(9, "lost", "x")),
                            new CommandCall("rotate", 1, bytes("?"))));
            // One record of RocksDB holds revisions 2 to 4; readers may begin within it.
            assertThat(read(state, 0))
                    .extracting(FeedTest::describe)
                    .hasSize(4)
                    .startsWith("1 ", "2 a=1#1 b=2#1", "3 a=3#2 b=-#0");
            assertThat(read(state, 2)).extracting(FeedRecord::revision).containsExactly(3L, 4L);
            FeedRecord last = read(state, 3).get(0);
            assertThat(last.command()).isEqualTo("rotate");
            assertThat(last.session()).isEqualTo(SESSION);
            assertThat(last.leaderTimeMillis()).isEqualTo(1000);
            assertThat(read(state, 4)).isEmpty();
        }
    }

    @Test
    void keepsSoManyRevisionsAlsoAcrossRestarts() {
        long index = 0;
        for (int round = 0; round < 5; round++) {
            try (MetaState state = open(320, 1 << 20)) {
                for (int i = 0; i < 300; i++) {
                    state.apply(
                            new LogPosition(1, index),
                            entry(SESSION, index + 1, changes(table("t"), put(1, "k", "v" + i))));
                    index++;
                }
                long revision = state.revision().number();
                try (StateView view = state.view()) {
                    assertThat(view.feedFloor()).isBetween(Math.max(0, revision - 345), Math.max(0, revision - 320));
                    List<FeedRecord> kept = read(state, view.feedFloor());
                    assertThat(kept).hasSize((int) (revision - view.feedFloor()));
                    assertThat(kept.get(0).revision()).isEqualTo(view.feedFloor() + 1);
                    assertThat(read(state, 0)).hasSameSizeAs(kept);
                }
            }
        }
    }

    @Test
    void keepsSoManyBytes() {
        try (MetaState state = open(100_000, 320_000)) {
            state.apply(new LogPosition(1, 0), entry(SESSION, 1, changes(table("t"))));
            for (int i = 1; i < 1000; i++) {
                state.apply(new LogPosition(1, i), entry(SESSION, i + 1, changes(put(1, "k", "v".repeat(1000)))));
            }
            assertThat(read(state, 0)).hasSizeBetween(280, 320);
        }
    }
}
