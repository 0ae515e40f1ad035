package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.SESSION;
import static io.metastore.snapshot.state.Entries.changes;
import static io.metastore.snapshot.state.Entries.entry;
import static io.metastore.snapshot.state.Entries.put;
import static io.metastore.snapshot.state.Entries.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.JournalTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Which files of the feed an image still has after the feed was trimmed. */
class FeedFilesTest {

    private static final String FEED = "feed";
    private static final int KEPT = 64;
    private static final String VALUE = "v".repeat(10_000);
    private static final String LARGE_VALUE = random(512 << 10);

    @TempDir
    Path temporary;

    private MetaState state;
    private long index = -1;
    private int checkpoints;

    /** Revisions up to 100, those that are kept, in merged files. */
    @BeforeEach
    void merged() throws RocksDBException {
        state = open();
        apply(changes(table("t")));
        write(99);
        state.close();
        merge();
        state = open();
    }

    @AfterEach
    void close() {
        state.close();
    }

    private MetaState open() {
        return MetaState.open(
                temporary.resolve("state"),
                MetaState.Options.defaults("feed").withFeed(KEPT, 1 << 30),
                CommandRuntime.NONE);
    }

    private void apply(JournalTransaction changes) {
        index++;
        state.apply(new LogPosition(1, index), entry(SESSION, index + 1, changes));
    }

    private void write(int revisions) {
        for (int i = 0; i < revisions; i++) {
            apply(changes(put(1, "k", VALUE)));
        }
    }

    /** All that is kept, in merged files. */
    private void writeMuch() throws RocksDBException {
        for (int i = 0; i < KEPT; i++) {
            apply(changes(put(1, "k", LARGE_VALUE)));
        }
        state.close();
        merge();
        state = open();
    }

    private Path checkpoint() {
        return state.checkpoint(temporary.resolve("checkpoint" + checkpoints++)).directory();
    }

    @Test
    void whatIsTrimmedOnTheDiskIsNotInTheNextImage() throws RocksDBException {
        assertThat(mergedRevisions(checkpoint())).contains(100L);
        write(KEPT + 40);
        assertThat(floor()).isGreaterThan(100);
        assertThat(mergedRevisions(checkpoint()))
                .as("a crash just before would have brought the feed back")
                .contains(100L);
        Path image = checkpoint();
        assertThat(mergedRevisions(image)).isEmpty();
        assertThat(feed(floor()))
                .isEqualTo(revisions(floor() + 1, state.revision().number()));
        // and both states are sound
        state.verify();
        assertThat(state.recomputeFingerprint()).isEqualTo(state.fingerprint());
        try (MetaState opened = MetaState.open(image, MetaState.Options.defaults("image"), CommandRuntime.NONE)) {
            opened.verify();
            assertThat(opened.revision()).isEqualTo(state.revision());
        }
    }

    @Test
    void whatIsNotTrimmedStays() throws RocksDBException {
        write(KEPT - 10);
        checkpoint();
        assertThat(floor()).isPositive().isLessThan(100);
        assertThat(mergedRevisions(checkpoint())).contains(100L);
        assertThat(feed(floor()))
                .isEqualTo(revisions(floor() + 1, state.revision().number()));
    }

    @Test
    void whoReadsFromBeforeReadsToTheEnd() throws RocksDBException {
        try (StateView before = state.view()) {
            long last = state.revision().number();
            write(KEPT + 40);
            checkpoint();
            assertThat(mergedRevisions(checkpoint())).contains(100L);
            assertThat(feed(before, before.feedFloor())).isEqualTo(revisions(before.feedFloor() + 1, last));
        }
        try (StateView after = state.view()) {
            assertThat(mergedRevisions(checkpoint()))
                    .as("a view of later is no reason")
                    .isEmpty();
            assertThat(feed(after, after.feedFloor()))
                    .isEqualTo(revisions(after.feedFloor() + 1, state.revision().number()));
        }
    }

    @Test
    void whatWasTrimmedBeforeTheOpeningIsNotInTheFirstImage() throws RocksDBException {
        write(KEPT + 40);
        state.close();
        state = open();
        assertThat(mergedRevisions(checkpoint())).isEmpty();
    }

    @Test
    void whatIsMuchIsNotInAnyImageAfterItWasTrimmed() throws RocksDBException {
        writeMuch();
        write(2 * KEPT);
        assertThat(mergedRevisions(checkpoint())).isEmpty();
        assertThat(feed(floor()))
                .isEqualTo(revisions(floor() + 1, state.revision().number()));
    }

    @Test
    void whatIsMuchStaysWhileSomebodyReadsIt() throws RocksDBException {
        writeMuch();
        try (StateView before = state.view()) {
            long last = state.revision().number();
            write(2 * KEPT);
            assertThat(mergedRevisions(checkpoint())).contains(last);
            assertThat(feed(before, before.feedFloor())).isEqualTo(revisions(before.feedFloor() + 1, last));
        }
    }

    private long floor() {
        try (StateView view = state.view()) {
            return view.feedFloor();
        }
    }

    private List<Long> feed(long after) {
        try (StateView view = state.view()) {
            return feed(view, after);
        }
    }

    private static List<Long> feed(StateView view, long after) {
        List<Long> found = new ArrayList<>();
        try (FeedCursor cursor = view.feed(after)) {
            for (FeedRecord next = cursor.next(); next != null; next = cursor.next()) {
                found.add(next.revision());
            }
        }
        return found;
    }

    private static List<Long> revisions(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    /** That does not compress. */
    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        return new String(random, StandardCharsets.ISO_8859_1);
    }

    /** Moves all that is flushed of the feed behind the newest files, as RocksDB does by itself in time. */
    private void merge() throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        Path directory = temporary.resolve("state");
        try (RocksDB db = RocksDB.open(directory.toString(), families(directory), handles)) {
            for (ColumnFamilyHandle handle : handles) {
                if (name(handle.getName()).equals(FEED)) {
                    db.compactRange(handle);
                }
            }
        }
    }

    /** First and last key of each file of the feed that was merged. */
    private static List<Long> mergedRevisions(Path directory) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (RocksDB db = RocksDB.openReadOnly(directory.toString(), families(directory), handles)) {
            List<Long> found = new ArrayList<>();
            for (LiveFileMetaData file : db.getLiveFilesMetaData()) {
                if (name(file.columnFamilyName()).equals(FEED) && file.level() > 0) {
                    found.add(SystemRecords.number(file.smallestKey()));
                    found.add(SystemRecords.number(file.largestKey()));
                }
            }
            return found;
        }
    }

    private static List<ColumnFamilyDescriptor> families(Path directory) throws RocksDBException {
        try (Options options = new Options()) {
            return RocksDB.listColumnFamilies(options, directory.toString()).stream()
                    .map(ColumnFamilyDescriptor::new)
                    .toList();
        }
    }

    private static String name(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }
}
