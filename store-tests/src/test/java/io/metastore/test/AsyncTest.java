package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.metastore.api.AsyncIds;
import io.metastore.api.AsyncMetaStore;
import io.metastore.api.AsyncTable;
import io.metastore.api.Batch;
import io.metastore.api.CasResult;
import io.metastore.api.Check;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Committed;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.ForbiddenThreadException;
import io.metastore.api.Ids;
import io.metastore.api.LimitExceededException;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Op;
import io.metastore.api.OverloadedException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreClosedException;
import io.metastore.api.Table;
import io.metastore.api.TransactionAbortedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Calls without waiting: where their futures complete, and that they always do. */
class AsyncTest extends OneMember {

    private static final CommandType<String, String> ECHO =
            CommandType.of("echo", Codecs.utf8(), Codecs.utf8(), (context, argument) -> argument);

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.commands(ECHO);
    }

    @Test
    void aThousandPutsAreInFlightAtOnceAndAllAreDone() {
        AsyncTable<String, String> notes = store.async().table(NOTES);
        List<CompletableFuture<Revision>> puts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            puts.add(notes.put("k" + i, "v" + i));
        }
        List<Long> revisions =
                puts.stream().map(OneMember::result).map(Revision::number).toList();
        assertThat(revisions).doesNotHaveDuplicates();
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(1000);
        List<CompletableFuture<java.util.Optional<String>>> gets = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            gets.add(notes.get("k" + i));
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(result(gets.get(i))).contains("v" + i);
        }
    }

    @Test
    void aCallbackThatBlocksStopsNewCallsBeforeMemoryFills() {
        AsyncTable<String, String> notes = store.async().table(NOTES);
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CompletableFuture<Void> first = notes.put("first", "v").thenAccept(revision -> {
            blocked.countDown();
            awaitQuietly(released);
        });
        awaitQuietly(blocked);
        List<CompletableFuture<?>> accepted = new ArrayList<>(List.of(first));
        try {
            refusedBefore(40_000, i -> notes.put("k" + i, "v"), accepted, "kind=write limit=28192");
            refusedBefore(20_000, i -> notes.get("k" + i), accepted, "limit=10000");
        } finally {
            released.countDown();
        }
        accepted.forEach(OneMember::result);
        result(notes.put("after", "it is taken again"));
        assertThat(result(notes.get("after"))).isPresent();
    }

    /** Calls until one is refused for want of callbacks that have run. */
    private void refusedBefore(
            int calls, IntFunction<CompletableFuture<?>> call, List<CompletableFuture<?>> accepted, String limit) {
        for (int i = 0; i < calls; i++) {
            if (i % 5000 == 0) {
                store.table(NOTES)
                        .put("behind all that waits", "v"); // Their queue, which has a limit too, is empty then.
            }
            CompletableFuture<?> future = call.apply(i);
            if (future.isCompletedExceptionally()) {
                assertThatThrownBy(() -> result(future))
                        .isInstanceOf(OverloadedException.class)
                        .hasMessageContaining("not answered yet")
                        .hasMessageContaining(limit);
                return;
            }
            accepted.add(future);
        }
        fail("every call was accepted: " + calls);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Test
    void everyCallMeansWhatTheBlockingOneMeans() {
        AsyncTable<String, String> notes = store.async().table(NOTES);
        assertThat(result(notes.putIfAbsent("a", "1")).applied()).isTrue();
        assertThat(result(notes.putIfAbsent("a", "2"))).isEqualTo(new CasResult.Conflict(1));
        assertThat(result(notes.replace("a", 1, "3")).applied()).isTrue();
        assertThat(result(notes.getEntry("a")).orElseThrow().version()).isEqualTo(2);
        assertThat(result(notes.scan(Range.all())).size()).isEqualTo(1);
        assertThat(result(notes.remove("a")).existed()).isTrue();
        result(notes.put("r1", "x"));
        assertThat(result(notes.removeRange(Range.prefix("r"))).count()).isEqualTo(1);
        assertThat(result(store.async().execute(ECHO, "hello"))).isEqualTo("hello");
        assertThat(result(store.async()
                                .apply(Batch.when(Check.absent(COUNTERS, "n")).then(Op.put(COUNTERS, "n", 1L))))
                        .matched())
                .isTrue();
        Long next = result(store.async().<Long>compute(tx -> {
                    long n = tx.in(COUNTERS).get("n").orElseThrow() + 1;
                    tx.in(COUNTERS).put("n", n);
                    return n;
                }))
                .value();
        assertThat(next).isEqualTo(2);
        assertThat(result(store.async().update(tx -> tx.in(COUNTERS).remove("n")))
                        .number())
                .isEqualTo(store.revision().number());
        Long count = result(store.async()
                .<Long>read(ReadMode.local(), snapshot -> snapshot.in(COUNTERS).count(Range.all())));
        assertThat(count).isZero();
    }

    @Test
    void everyCallOfTheBlockingStoreExistsHere() {
        assertThat(names(AsyncTable.class)).isEqualTo(names(Table.class, "definition"));
        assertThat(names(AsyncIds.class)).isEqualTo(names(Ids.class));
        assertThat(names(AsyncMetaStore.class))
                .as("all that may wait; revision and health never do, the rest is about the store itself")
                .isEqualTo(names(
                        MetaStore.class,
                        "open",
                        "builder",
                        "close",
                        "revision",
                        "health",
                        "status",
                        "checkpoints",
                        "cluster",
                        "withTimeout",
                        "async"));
    }

    /** Methods with their parameters, without those that are not meant. */
    private static Set<String> names(Class<?> type, String... without) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !method.isSynthetic() && !List.of(without).contains(method.getName()))
                .map(method -> method.getName() + Arrays.toString(method.getParameterTypes()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void conditionalRemovalsCountsAndSequencesMeanWhatTheBlockingOnesMean() {
        AsyncTable<String, String> notes = store.async().table(NOTES);
        result(notes.put("a", "1"));
        result(notes.put("b", "1"));
        assertThat(result(notes.contains("a"))).isTrue();
        assertThat(result(notes.count(Range.all()))).isEqualTo(2);
        assertThat(result(notes.remove("a", 7))).isEqualTo(new CasResult.Conflict(1));
        assertThat(result(notes.remove("a", 1)).applied()).isTrue();
        assertThat(result(notes.contains("a"))).isFalse();
        assertThat(result(notes.count(Range.all()))).isEqualTo(1);
        AsyncIds ids = store.async().ids("numbers");
        assertThat(result(ids.next())).isEqualTo(1);
        assertThat(result(ids.nextBlock(10))).isEqualTo(2);
        assertThat(store.ids("numbers").next()).isEqualTo(12);
        Committed<Long> block = result(ids.nextBlockCommitted(3));
        assertThat(block.value()).isEqualTo(13);
        assertThat(block.revision()).isEqualTo(store.revision());
        failsWith(IllegalArgumentException.class, ids.nextBlock(0));
        assertThatThrownBy(() -> store.async().ids("no name")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRevisionIsAwaitedWithoutWaitingForItHere() {
        Revision now = store.table(NOTES).put("k", "v");
        result(store.async().awaitRevision(now, Duration.ofNanos(1).plus(PATIENCE)));
        Revision later = new Revision(now.epoch(), now.number() + 1, now.position());
        CompletableFuture<?> waiting = store.async().awaitRevision(later, PATIENCE);
        assertThat(waiting).isNotDone();
        store.table(NOTES).put("k", "w");
        result(waiting);
        Revision never = new Revision(now.epoch(), now.number() + 1_000, now.position());
        failsWith(DeadlineExceededException.class, store.async().awaitRevision(never, Duration.ofMillis(50)));
    }

    @Test
    void readsInTheModeThatWasAskedForAndOfAStoreWithoutAQuorumOnlyLocally() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember left = cluster.leader();
            left.table(NOTES).put("k", "v");
            cluster.followers().forEach(TestMember::kill);
            AsyncTable<String, String> notes =
                    left.store().withTimeout(Duration.ofMillis(300)).async().table(NOTES);
            assertThat(result(notes.reading(ReadMode.local()).get("k"))).contains("v");
            assertThat(result(notes.reading(ReadMode.local()).count(Range.all())))
                    .isEqualTo(1);
            assertThat(result(notes.reading(ReadMode.local()).scan(Range.all())).size())
                    .isEqualTo(1);
            assertThatThrownBy(() -> result(notes.get("k"))).isInstanceOf(MetastoreException.class);
        }
    }

    @Test
    void futuresCompleteOnTheCallbackThreadWhereWaitingForTheStoreIsRefused() {
        // given
        store.table(NOTES).put("k", "v");
        CountDownLatch attached = new CountDownLatch(1);
        CompletableFuture<Object> held = store.async().read(ReadMode.local(), snapshot -> 0);
        // The one callback thread waits here, so nothing below completes before its callback is attached.
        CompletableFuture<Integer> holding = store.async().<Integer>read(ReadMode.local(), snapshot -> {
            awaitOpened(attached);
            return 0;
        });
        CompletableFuture<String> readThread =
                holding.thenApply(ignored -> Thread.currentThread().getName());
        CompletableFuture<Object> refused =
                holding.thenApply(ignored -> store.table(NOTES).get("k"));
        CompletableFuture<CasResult> composed =
                holding.thenCompose(ignored -> store.async().table(NOTES).putIfAbsent("composed", "v"));
        // when
        attached.countDown();
        // then
        assertThat(result(readThread)).isEqualTo("single-callbacks-1");
        assertThatThrownBy(() -> result(refused))
                .isInstanceOf(ForbiddenThreadException.class)
                .hasMessageContaining("callback");
        assertThat(result(composed).applied()).isTrue();
        assertThat(result(held)).isEqualTo(0);
    }

    @Test
    void aWriteCompletesOnTheCallbackThreadToo() {
        store.table(NOTES).put("k", "v");
        CountDownLatch attached = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Integer> read = store.async().<Integer>read(ReadMode.local(), snapshot -> {
            awaitOpened(entered);
            return 0;
        });
        CompletableFuture<Void> blocking = read.thenAccept(ignored -> {
            busy.countDown();
            awaitOpened(attached);
        });
        entered.countDown();
        awaitOpened(busy);
        CompletableFuture<String> thread = store.async()
                .table(NOTES)
                .put("k", "w")
                .thenApply(ignored -> Thread.currentThread().getName());
        attached.countDown();
        result(blocking);
        assertThat(result(thread)).isEqualTo("single-callbacks-1");
    }

    @Test
    void whatIsRefusedFailsTheFutureAndIsNotThrown() {
        AsyncTable<String, String> notes = store.async().table(NOTES);
        failsWith(LimitExceededException.class, notes.put("", "v"));
        failsWith(LimitExceededException.class, notes.get(""));
        failsWith(IllegalArgumentException.class, notes.replace("k", 0, "v"));
        failsWith(TransactionAbortedException.class, store.async().update(tx -> {
            throw tx.abort("no");
        }));
        failsWith(LimitExceededException.class, store.async().apply(Batch.of(Op.put(NOTES, "", "v"))));
        store.close();
        failsWith(StoreClosedException.class, notes.put("k", "v"));
        failsWith(StoreClosedException.class, notes.get("k"));
        failsWith(StoreClosedException.class, notes.scan(Range.all()));
        failsWith(StoreClosedException.class, store.async().update(tx -> {}));
        failsWith(StoreClosedException.class, store.async().apply(Batch.of()));
        failsWith(StoreClosedException.class, store.async().execute(ECHO, "x"));
        failsWith(StoreClosedException.class, notes.contains("k"));
        failsWith(StoreClosedException.class, notes.count(Range.all()));
        failsWith(StoreClosedException.class, notes.remove("k", 1));
        failsWith(StoreClosedException.class, store.async().ids("numbers").next());
        failsWith(StoreClosedException.class, store.async().awaitRevision(Revision.NONE, PATIENCE));
        failsWith(StoreClosedException.class, store.async().read(ReadMode.local(), snapshot -> 0));
    }

    private static void failsWith(Class<? extends Throwable> expected, CompletableFuture<?> future) {
        assertThatThrownBy(() -> future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(expected);
    }

    @Test
    void callsThatWaitForAWorkerObeyTheirDeadline() {
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<Integer>> blockers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            blockers.add(store.async().<Integer>read(ReadMode.local(), snapshot -> {
                awaitOpened(release);
                return 0;
            }));
        }
        CompletableFuture<?> late =
                store.withTimeout(Duration.ofNanos(1)).async().table(NOTES).get("k");
        release.countDown();
        blockers.forEach(OneMember::result);
        failsWith(DeadlineExceededException.class, late);
    }

    @Test
    void closingCompletesEveryFutureThatIsPending() {
        // given
        store.table(NOTES).put("k", "v");
        CountDownLatch never = new CountDownLatch(1);
        List<CompletableFuture<?>> pending = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            pending.add(store.async().read(ReadMode.local(), snapshot -> {
                awaitOpened(never);
                return 0;
            }));
            pending.add(store.async().update(tx -> tx.in(NOTES).put("k", "w")));
            pending.add(store.async().table(NOTES).get("k"));
        }
        for (int i = 0; i < 5000; i++) {
            pending.add(store.async().table(NOTES).put("k" + i, "v"));
        }
        // when
        long started = System.nanoTime();
        store.close();
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        // then
        int done = 0;
        for (CompletableFuture<?> future : pending) {
            done += succeeded(future) ? 1 : 0;
        }
        assertThat(took).isLessThan(Duration.ofSeconds(5));
        System.out.println("close with " + pending.size() + " pending: millis=" + took.toMillis() + " done=" + done);
        reopen();
        assertThat(store.table(NOTES).get("k")).isPresent();
    }

    /** Whether it succeeded; what it may fail with is checked here. */
    private static boolean succeeded(CompletableFuture<?> future) {
        try {
            future.get(20, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            boolean interrupted = e.getCause() instanceof IllegalStateException;
            assertThat(interrupted || e.getCause() instanceof MetastoreException)
                    .as("%s", e.getCause())
                    .isTrue();
            return false;
        } catch (java.util.concurrent.TimeoutException | InterruptedException e) {
            throw new AssertionError("a future was never completed", e);
        }
    }
}
