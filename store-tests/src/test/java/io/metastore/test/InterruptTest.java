package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Batch;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers that are interrupted: a typed error or a result, never a lost interrupt or a broken store. */
class InterruptTest extends OneMember {

    /** Runs a call on an interrupted thread: what it threw, or null. */
    private static @Nullable MetastoreException interrupted(Runnable call) {
        Thread.currentThread().interrupt();
        try {
            call.run();
            return null;
        } catch (MetastoreException e) {
            return e;
        } finally {
            assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
        }
    }

    @Test
    void everyCallOfAnInterruptedThreadEndsTypedKeepsTheInterruptAndHarmsNothing() {
        Table<String, String> notes = store.table(NOTES);
        AtomicInteger number = new AtomicInteger();
        List<Runnable> calls = List.of(
                () -> notes.put("k", "v"),
                () -> notes.get("k"),
                () -> notes.scan(Range.all()),
                () -> notes.reading(ReadMode.local()).count(Range.all()),
                () -> store.update(tx -> tx.in(NOTES).put("u", "v")),
                () -> store.apply(Batch.of(Op.put(NOTES, "b", "v"))),
                () -> store.ids("n").next(),
                () -> store.read(
                        ReadMode.linearizable(), snapshot -> snapshot.in(NOTES).count(Range.all())),
                () -> store.table(TableDef.of("t" + number.incrementAndGet(), Codecs.utf8(), Codecs.utf8())),
                () -> store.awaitRevision(later(), Duration.ofSeconds(30)),
                () -> store.status());
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < calls.size(); i++) {
                long started = System.nanoTime();
                interrupted(calls.get(i));
                assertThat(Duration.ofNanos(System.nanoTime() - started))
                        .as("call %d", i)
                        .isLessThan(Duration.ofSeconds(10));
            }
            notes.put("between", "" + round);
        }
        reopen();
        assertThat(store.table(NOTES).get("between")).contains("19");
        assertThat(MemberProbe.recomputeFingerprint(store))
                .isEqualTo(MemberProbe.of(store).fingerprint());
    }

    private Revision later() {
        Revision now = store.revision();
        return new Revision(now.epoch(), now.number() + 1_000_000, now.position());
    }

    @Test
    void aCallerThatWaitsIsWokenByAnInterrupt() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        CompletableFuture<MetastoreException> thrown = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                store.awaitRevision(later(), PATIENCE);
            } catch (MetastoreException e) {
                thrown.complete(e);
            }
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            ended.countDown();
        });
        waiter.start();
        org.awaitility.Awaitility.await()
                .until(() ->
                        waiter.getState() == Thread.State.TIMED_WAITING || waiter.getState() == Thread.State.WAITING);
        waiter.interrupt();
        ended.await();
        assertThat(result(thrown)).hasMessageContaining("interrupted");
        store.table(NOTES).put("k", "v");
    }

    @Test
    void openingOnAnInterruptedThreadSucceedsOrFailsTypedAndCanBeRepeated(@TempDir Path temporary) {
        for (int round = 0; round < 10; round++) {
            Path fresh = temporary.resolve("m" + round);
            interrupted(() -> MetaStore.open(fresh).close());
            try (MetaStore again = MetaStore.open(fresh)) {
                again.table(NOTES).put("k", "v");
            }
            interrupted(() -> MetaStore.open(fresh).close());
            try (MetaStore again = MetaStore.open(fresh)) {
                assertThat(again.table(NOTES).get("k")).contains("v");
            }
        }
    }

    @Test
    void anInterruptAtAnyMomentOfOpeningLeavesNothingHalfOpen(@TempDir Path temporary) throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 15; round++) {
            Path path = temporary.resolve("m" + round % 3);
            String what = "seed=" + seed + " round=" + round;
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread opener = new Thread(() -> {
                try (MetaStore opened = MetaStore.open(path)) {
                    opened.revision();
                } catch (MetastoreException e) {
                    thrown.complete(e);
                }
            });
            opener.setUncaughtExceptionHandler((thread, error) -> thrown.complete(error));
            opener.start();
            LockSupport.parkNanos(random.nextInt(200_000_000));
            opener.interrupt();
            opener.join();
            if (thrown.isDone()) {
                assertThat(thrown.join()).as(what).isInstanceOf(MetastoreException.class);
            }
            try (MetaStore again = MetaStore.open(path)) {
                again.table(NOTES).put("k", what);
            }
        }
    }

    @Test
    void closingOnAnInterruptedThreadClosesAndLosesNothing() {
        for (int round = 0; round < 10; round++) {
            store.table(NOTES).put("k" + round, "v");
            assertThat(interrupted(store::close)).isNull();
            store = MetaStore.open(directory);
        }
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(10);
        assertThat(MemberProbe.recomputeFingerprint(store))
                .isEqualTo(MemberProbe.of(store).fingerprint());
    }

    @Test
    void aLeaderClosedOnAnInterruptedThreadComesBackAndNothingIsLost() {
        try (TestCluster cluster = TestCluster.start(3)) {
            for (int round = 0; round < 3; round++) {
                TestMember leader = cluster.leader();
                leader.table(NOTES).put("k" + round, "v");
                assertThat(interrupted(leader::stop)).isNull();
                leader.restart();
                cluster.assertConverged();
            }
            assertThat(cluster.leader().table(NOTES).count(Range.all())).isEqualTo(3);
        }
    }
}
