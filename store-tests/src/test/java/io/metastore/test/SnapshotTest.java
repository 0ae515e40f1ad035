package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Codecs;
import io.metastore.api.Entry;
import io.metastore.api.Op;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Snapshot;
import io.metastore.api.StoreClosedException;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Reading one state of all tables, and what happens to what is kept of it. */
class SnapshotTest extends OneMember {

    private void fill(int count) {
        List<Op> puts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            puts.add(Op.put(NOTES, "k%05d".formatted(i), "v" + i));
        }
        store.apply(Batch.of(puts));
    }

    @Test
    void aSnapshotIsOneStateOfAllTablesWhileOthersWrite() {
        // given
        store.apply(Batch.of(Op.put(COUNTERS, "left", 1000L), Op.put(NOTES, "right", "0")));
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                store.update(tx -> {
                    long left = tx.in(COUNTERS).get("left").orElseThrow();
                    long right = Long.parseLong(tx.in(NOTES).get("right").orElseThrow());
                    tx.in(COUNTERS).put("left", left - 1);
                    tx.in(NOTES).put("right", "" + (right + 1));
                });
            }
        });
        // when
        try {
            long first = store.revision().number();
            int reads = 0;
            while (reads < 500 || store.revision().number() < first + 20) {
                ReadMode mode = reads % 2 == 0 ? ReadMode.local() : ReadMode.linearizable();
                long sum = store.read(mode, snapshot -> {
                    long left = snapshot.in(COUNTERS).get("left").orElseThrow();
                    return left + Long.parseLong(snapshot.in(NOTES).get("right").orElseThrow());
                });
                // then
                assertThat(sum).isEqualTo(1000);
                reads++;
            }
        } finally {
            stop.set(true);
            result(writer);
        }
    }

    @Test
    void pagesInsideASnapshotAreOfOneRevisionWhateverIsWrittenMeanwhile() {
        fill(100);
        int seen = store.read(ReadMode.linearizable(), snapshot -> {
            int count = 0;
            Page<String, String> page =
                    snapshot.in(NOTES).scan(Range.<String>all().limit(30));
            while (true) {
                count += page.size();
                assertThat(page.revision()).isEqualTo(snapshot.revision());
                if (page.next().isEmpty()) {
                    return count;
                }
                elsewhere(() -> store.table(NOTES).put("k99999" + System.nanoTime(), "meanwhile"));
                page = snapshot.in(NOTES).scan(page.next().get());
            }
        });
        assertThat(seen).isEqualTo(100);
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(103);
    }

    @Test
    void aTableThatTheStateDoesNotKnowIsEmpty() {
        TableDef<String, String> unknown = TableDef.of("unknown", Codecs.utf8(), Codecs.utf8());
        Revision before = store.revision();
        store.read(ReadMode.local(), snapshot -> {
            assertThat(snapshot.in(unknown).get("k")).isEmpty();
            assertThat(snapshot.in(unknown).contains("k")).isFalse();
            assertThat(snapshot.in(unknown).scan(Range.all()).entries()).isEmpty();
            assertThat(snapshot.in(unknown).count(Range.all())).isZero();
            assertThat(snapshot.in(unknown).stream(Range.all())).isEmpty();
            return 0;
        });
        assertThat(store.revision()).isEqualTo(before);
    }

    @Test
    void streamsFollowDirectionAndLimitAndMayBeLeftEarly() {
        fill(1000);
        store.read(ReadMode.local(), snapshot -> {
            try (Stream<Entry<String, String>> stream = snapshot.in(NOTES).stream(Range.all())) {
                assertThat(stream.limit(2).map(Entry::value)).containsExactly("v0", "v1");
            }
            assertThat(snapshot.in(NOTES).stream(Range.<String>all().reversed().limit(2))
                            .map(Entry::value))
                    .containsExactly("v999", "v998");
            for (int i = 0; i < 200; i++) {
                assertThat(snapshot.in(NOTES).stream(Range.all()).findFirst()).isPresent();
            }
            return 0;
        });
    }

    @Test
    void whatIsKeptOfASnapshotIsRefusedAfterwards() {
        fill(1000);
        Kept<Snapshot> snapshot = new Kept<>();
        Kept<Snapshot.SnapshotTable<String, String>> table = new Kept<>();
        Kept<Iterator<Entry<String, String>>> iterator = new Kept<>();
        Stream<Entry<String, String>> stream = store.read(ReadMode.local(), given -> {
            snapshot.set(given);
            table.set(given.in(NOTES));
            iterator.set(given.in(NOTES).stream(Range.all()).iterator());
            assertThat(iterator.get().next().value()).isEqualTo("v0");
            return given.in(NOTES).stream(Range.all());
        });
        List<ThrowingCallable> uses = List.of(
                () -> stream.count(),
                () -> iterator.get().next(),
                () -> iterator.get().hasNext(),
                () -> snapshot.get().in(NOTES),
                () -> table.get().get("k00001"),
                () -> table.get().contains("k00001"),
                () -> table.get().scan(Range.all()),
                () -> table.get().stream(Range.all()),
                () -> table.get().count(Range.all()));
        for (int i = 0; i < uses.size(); i++) {
            ThrowingCallable use = uses.get(i);
            assertThatIllegalStateException().as("use %d", i).isThrownBy(use).withMessageContaining("snapshot");
        }
        stream.close();
    }

    @Test
    void aReaderThatIsStillAtItWhenTheStoreClosesGetsATypedErrorAndDoesNotHoldUpTheClosing() {
        fill(5000);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        List<ThrowingCallable> uses = new ArrayList<>();
        CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> store.read(ReadMode.local(), snapshot -> {
            Iterator<Entry<String, String>> entries =
                    snapshot.in(NOTES).stream(Range.all()).iterator();
            entries.next();
            reading.countDown();
            awaitOpened(closed);
            uses.add(entries::next);
            uses.add(() -> snapshot.in(NOTES).get("k00001"));
            uses.add(() -> snapshot.in(NOTES).scan(Range.all()));
            for (ThrowingCallable use : uses) {
                assertThatThrownBy(use).isInstanceOf(StoreClosedException.class);
            }
            return 0;
        }));
        awaitOpened(reading);
        long started = System.nanoTime();
        store.close();
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        closed.countDown();
        result(reader);
        assertThat(uses).hasSize(3);
        assertThat(took).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void readersOnManyThreadsSurviveClosingInTheMiddleOfTheirWork() {
        fill(2000);
        AtomicBoolean running = new AtomicBoolean();
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        Table<String, String> notes = store.table(NOTES);
        for (int i = 0; i < 4; i++) {
            readers.add(CompletableFuture.runAsync(() -> assertThatThrownBy(() -> {
                        while (true) {
                            notes.reading(ReadMode.local()).scan(Range.all());
                            store.read(ReadMode.local(), snapshot -> snapshot.in(NOTES).stream(Range.all())
                                    .count());
                            running.set(true);
                        }
                    })
                    .isInstanceOf(StoreClosedException.class)));
        }
        org.awaitility.Awaitility.await().atMost(PATIENCE).untilTrue(running);
        store.close();
        readers.forEach(OneMember::result);
    }
}
