package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.api.TransactionConflictException;
import io.metastore.api.TransactionTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What makes a transaction run again, what does not, and what concurrent transactions can never do to each other. */
class TransactionConflictTest extends OneMember {

    private Table<String, String> notes;

    @BeforeEach
    void table() {
        notes = store.table(NOTES);
        for (String key : List.of("a", "b", "c", "d")) {
            notes.put(key, "0");
        }
    }

    /** How often a body runs that reads, while another commits between its first read and its commit. */
    private int runs(Consumer<TransactionTable<String, String>> reading, Runnable other) {
        AtomicInteger runs = new AtomicInteger();
        store.update(tx -> {
            reading.accept(tx.in(NOTES));
            if (runs.incrementAndGet() == 1) {
                elsewhere(other);
            }
            tx.in(NOTES).put("written", "run " + runs);
        });
        assertThat(notes.get("written")).contains("run " + runs);
        return runs.get();
    }

    @Test
    void aKeyThatWasReadAndChangedForcesAnotherRunHoweverItWasRead() {
        assertThat(runs(table -> table.get("a"), () -> notes.put("a", "1"))).isEqualTo(2);
        assertThat(runs(table -> table.getEntry("a"), () -> notes.put("a", "1")))
                .isEqualTo(2);
        assertThat(runs(table -> table.contains("a"), () -> notes.remove("a"))).isEqualTo(2);
        assertThat(runs(table -> table.contains("a"), () -> notes.put("a", "back")))
                .isEqualTo(2);
        assertThat(runs(table -> table.putIfAbsent("b", "x"), () -> notes.remove("b")))
                .isEqualTo(2);
        assertThat(runs(table -> table.remove("gone"), () -> notes.put("gone", "x")))
                .isEqualTo(2);
    }

    @Test
    void aValueThatWasChangedAndPutBackIsAChange() {
        assertThat(runs(table -> table.get("a"), () -> {
                    notes.put("a", "1");
                    notes.put("a", "0");
                }))
                .isEqualTo(2);
        assertThat(runs(table -> table.get("a"), () -> {
                    notes.remove("a");
                    notes.put("a", "0");
                }))
                .as("a key of version 1 again")
                .isEqualTo(2);
    }

    @Test
    void aKeyInsertedIntoARangeThatWasSeenEmptyForcesAnotherRun() {
        assertThat(runs(table -> table.scan(Range.prefix("p1")), () -> notes.put("p1x", "phantom")))
                .isEqualTo(2);
        assertThat(runs(table -> table.count(Range.prefix("p2")), () -> notes.put("p2x", "phantom")))
                .isEqualTo(2);
        assertThat(runs(table -> table.removeRange(Range.prefix("p3")), () -> notes.put("p3x", "phantom")))
                .isEqualTo(2);
        assertThat(runs(
                        table ->
                                table.scan(Range.<String>prefix("p4").reversed().limit(1)),
                        () -> notes.put("p4x", "phantom")))
                .isEqualTo(2);
        assertThat(notes.contains("p3x")).as("removed by the second run").isFalse();
    }

    @Test
    void whateverHappensInsideARangeThatWasReadForcesAnotherRun() {
        Range<String> range = Range.between("a", "e");
        assertThat(runs(table -> table.scan(range), () -> notes.put("bb", "new")))
                .isEqualTo(2);
        assertThat(runs(table -> table.scan(range), () -> notes.put("c", "changed")))
                .isEqualTo(2);
        assertThat(runs(table -> table.count(range), () -> notes.remove("d"))).isEqualTo(2);
        assertThat(runs(table -> table.scan(range), () -> {
                    notes.remove("a");
                    notes.put("a", "0");
                }))
                .isEqualTo(2);
    }

    @Test
    void whatHappensBeyondTheFarEndOfAScanIsNoConflict() {
        assertThat(runs(table -> table.scan(Range.<String>all().limit(1)), () -> notes.put("d", "far")))
                .isEqualTo(1);
        assertThat(runs(
                        table -> table.scan(
                                Range.<String>lessThan("e").reversed().limit(1)),
                        () -> notes.put("a", "far")))
                .isEqualTo(1);
        assertThat(runs(table -> table.get("a"), () -> notes.put("b", "other"))).isEqualTo(1);
    }

    @Test
    void aKeyThatIsWrittenUnreadIsNoConflictAndItsVersionsStillCount() {
        notes.put("blind", "1");
        assertThat(runs(table -> table.put("blind", "mine"), () -> notes.put("blind", "theirs")))
                .isEqualTo(1);
        Entry<String, String> entry = notes.getEntry("blind").orElseThrow();
        assertThat(entry.value()).isEqualTo("mine");
        assertThat(entry.version()).isEqualTo(3);
    }

    @Test
    void oneOfTwoThatEachReadWhatTheOtherWritesRunsAgain() {
        for (int round = 0; round < 20; round++) {
            // given
            notes.put("ann", "on call");
            notes.put("bob", "on call");
            CyclicBarrier bothHaveRead = new CyclicBarrier(2);
            // when
            CompletableFuture<Void> ann = CompletableFuture.runAsync(() -> leave("ann", bothHaveRead));
            CompletableFuture<Void> bob = CompletableFuture.runAsync(() -> leave("bob", bothHaveRead));
            result(ann);
            result(bob);
            // then
            assertThat(List.of(notes.get("ann").orElseThrow(), notes.get("bob").orElseThrow()))
                    .as("one doctor stays on call")
                    .containsExactlyInAnyOrder("on call", "off");
        }
    }

    private void leave(String doctor, CyclicBarrier bothHaveRead) {
        AtomicInteger runs = new AtomicInteger();
        store.update(tx -> {
            TransactionTable<String, String> table = tx.in(NOTES);
            long onCall = List.of("ann", "bob").stream()
                    .filter(name -> table.get(name).orElse("").equals("on call"))
                    .count();
            if (runs.incrementAndGet() == 1) {
                await(bothHaveRead);
            }
            if (onCall > 1) {
                table.put(doctor, "off");
            }
        });
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void eightThreadsThatIncrementOneKeyLoseNothingAndMeetConflicts() {
        int threads = 8;
        int each = 200;
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger committed = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<CompletableFuture<Void>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                done.add(CompletableFuture.runAsync(
                        () -> {
                            for (int n = 0; n < each; n++) {
                                store.withTimeout(PATIENCE).update(tx -> {
                                    runs.incrementAndGet();
                                    long now = tx.in(COUNTERS).get("hot").orElse(0L);
                                    tx.in(COUNTERS).put("hot", now + 1);
                                    tx.afterCommit(committed::incrementAndGet);
                                });
                            }
                        },
                        pool));
            }
            done.forEach(OneMember::result);
        } finally {
            pool.shutdownNow();
        }
        Entry<String, Long> hot = store.table(COUNTERS).getEntry("hot").orElseThrow();
        assertThat(hot.value()).isEqualTo((long) threads * each);
        assertThat(hot.version()).isEqualTo((long) threads * each);
        assertThat(committed.get()).isEqualTo(threads * each);
        assertThat(runs.get()).as("there were conflicts").isGreaterThan(threads * each);
        System.out.println("contention: increments=" + threads * each + " runs=" + runs);
    }

    /** How a call ended: an attempt that is under way at the deadline has an outcome that is not known yet, any other is known to have met a conflict. */
    @Test
    void aBodyThatMeetsAConflictEachTimeGivesUpAtItsDeadlineAndNothingIsWritten() {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger committed = new AtomicInteger();
        Throwable thrown =
                catchThrowable(() -> store.withTimeout(Duration.ofMillis(300)).update(tx -> {
                    tx.in(NOTES).get("a");
                    elsewhere(() -> notes.put("a", "again " + runs.incrementAndGet()));
                    tx.in(NOTES).put("never", "written");
                    tx.afterCommit(committed::incrementAndGet);
                }));
        if (thrown instanceof OutcomeUnknownException unknown) {
            assertThat(unknown.resolve(PATIENCE)).isInstanceOf(OutcomeUnknownException.WasNotCommitted.class);
        } else if (runs.get() == 1) {
            assertThat(thrown).as("no time for one attempt").isInstanceOf(DeadlineExceededException.class);
        } else {
            assertThat(thrown).isInstanceOf(TransactionConflictException.class).hasMessageContaining("attempts=");
        }
        assertThat(committed.get()).isZero();
        assertThat(notes.contains("never")).isFalse();
        assertThat(notes.get("a")).contains("again " + runs);
    }

    @Test
    void aDeadlineThatPassesAfterAConflictEndsInThatConflict() {
        Throwable thrown;
        AtomicInteger runs = new AtomicInteger();
        AtomicLong passed = new AtomicLong();
        Duration timeout = Duration.ofMillis(150);
        do { // Until there was time for the first attempt, on a machine that is busy.
            timeout = timeout.multipliedBy(2);
            long nanos = timeout.toNanos();
            MetaStore impatient = store.withTimeout(timeout);
            runs.set(0);
            thrown = catchThrowable(() -> impatient.update(tx -> {
                tx.in(NOTES).get("a");
                if (runs.incrementAndGet() == 1) {
                    passed.set(System.nanoTime() + nanos); // Not before the deadline, which was set before this.
                    elsewhere(() -> notes.put("a", "again"));
                }
                if (runs.get() > 1) {
                    OneMember.awaitNanoTime(passed.get());
                }
                tx.in(NOTES).put("never", "written");
            }));
        } while (runs.get() < 2 && timeout.compareTo(PATIENCE) < 0);
        assertThat(thrown)
                .isInstanceOfSatisfying(TransactionConflictException.class, e -> assertThat(e.outcome())
                        .isEqualTo(MetastoreException.Outcome.NOT_APPLIED))
                .hasMessageContaining("attempts=1");
        assertThat(notes.contains("never")).isFalse();
    }
}
