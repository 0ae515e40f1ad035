package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One round of asking for all readers that wait, and never a round that began before the reader came. */
class ReadBarrierTest {

    /** What was asked; each is the test's to complete. */
    private final List<CompletableFuture<Long>> asked = new ArrayList<>();

    private final ReadBarrier barrier = new ReadBarrier(() -> {
        CompletableFuture<Long> round = new CompletableFuture<>();
        asked.add(round);
        return round;
    });

    @Test
    void allReadersThatComeDuringARoundShareTheNextOne() {
        // given
        CompletableFuture<Long> first = barrier.join();
        // when
        List<CompletableFuture<Long>> meanwhile =
                IntStream.range(0, 100).mapToObj(i -> barrier.join()).toList();
        // then
        assertThat(asked).as("asked while the first round is under way").hasSize(1);
        asked.get(0).complete(10L);
        assertThat(first).isCompletedWithValue(10L);
        assertThat(asked).as("asked for all that came meanwhile").hasSize(2);
        assertThat(meanwhile).noneMatch(CompletableFuture::isDone);
        asked.get(1).complete(17L);
        assertThat(meanwhile).allSatisfy(reader -> assertThat(reader).isCompletedWithValue(17L));
        assertThat(asked).as("nobody waits, nobody is asked").hasSize(2);
    }

    @Test
    void aReaderThatComesWhileAnAnswerIsOnItsWayDoesNotGetThatAnswer() {
        CompletableFuture<Long> early = barrier.join();
        CompletableFuture<Long> late = barrier.join();
        asked.get(0).complete(10L); // Says nothing about what was acknowledged since it was asked.
        assertThat(early).isCompletedWithValue(10L);
        assertThat(late).isNotDone();
        asked.get(1).complete(11L);
        assertThat(late).isCompletedWithValue(11L);
    }

    @Test
    void aReaderThatComesWhenNoRoundIsUnderWayStartsOne() {
        for (long i = 0; i < 3; i++) {
            CompletableFuture<Long> reader = barrier.join();
            assertThat(asked).hasSize((int) i + 1);
            asked.get((int) i).complete(i);
            assertThat(reader).isCompletedWithValue(i);
        }
    }

    @Test
    void aRoundThatFailsFailsItsOwnReadersAndTheNextOneIsAsked() {
        CompletableFuture<Long> first = barrier.join();
        CompletableFuture<Long> second = barrier.join();
        asked.get(0).completeExceptionally(new UnavailableException("as planned"));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isNotDone();
        asked.get(1).complete(5L);
        assertThat(second).isCompletedWithValue(5L);
        assertThatThrownBy(first::join).hasRootCauseInstanceOf(UnavailableException.class);
    }

    @Test
    void aQuestionThatCannotEvenBeAskedFailsItsReadersAndNobodyElse() {
        AtomicInteger rounds = new AtomicInteger();
        CompletableFuture<Long> slow = new CompletableFuture<>();
        ReadBarrier throwing = new ReadBarrier(() -> {
            int round = rounds.incrementAndGet();
            if (round == 2) {
                throw new IllegalStateException("as planned");
            }
            return round == 1 ? slow : CompletableFuture.completedFuture(7L);
        });
        CompletableFuture<Long> first = throwing.join();
        CompletableFuture<Long> second = throwing.join();
        slow.complete(1L);
        assertThat(first).isCompletedWithValue(1L);
        assertThat(second).isCompletedExceptionally();
        assertThat(throwing.join()).isCompletedWithValue(7L);
    }

    @Test
    void remembersTheLastRoundThatSucceededWithTheTimeItWasAskedAt() {
        long before = System.nanoTime();
        CompletableFuture<Long> first = barrier.join();
        long after = System.nanoTime();
        assertThat(barrier.last()).isNull();
        asked.get(0).complete(10L);
        assertThat(first).isCompletedWithValue(10L);
        ReadBarrier.Confirmed confirmed = barrier.last();
        assertThat(confirmed).isNotNull();
        assertThat(confirmed.index()).isEqualTo(10);
        assertThat(confirmed.startedNanos() - before).isNotNegative();
        assertThat(after - confirmed.startedNanos()).isNotNegative();
        CompletableFuture<Long> second = barrier.join();
        asked.get(1).completeExceptionally(new UnavailableException("as planned"));
        assertThat(second).isCompletedExceptionally();
        assertThat(barrier.last()).isEqualTo(confirmed);
    }

    @Test
    void aReaderDoesNotWaitLongerThanItsDeadline() {
        assertThatThrownBy(() -> barrier.await(Deadline.after(Duration.ofMillis(1))))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("ReadMode.local()");
    }

    /** Threads that read while others write: no answer may be older than what was acknowledged before the reader came. */
    @Test
    void noReaderGetsAnIndexFromBeforeItCame() throws Exception {
        long seed = Long.getLong("barrier.seed", System.nanoTime());
        System.out.println("read barrier: seed=" + seed);
        AtomicLong acknowledged = new AtomicLong();
        AtomicInteger rounds = new AtomicInteger();
        ReadBarrier shared = new ReadBarrier(() -> {
            rounds.incrementAndGet();
            long index = acknowledged.get();
            // Half of them answered at once on the asking thread, half later on another.
            return index % 2 == 0
                    ? CompletableFuture.completedFuture(index)
                    : CompletableFuture.supplyAsync(() -> index);
        });
        int readers = 8;
        int reads = 2000;
        CountDownLatch done = new CountDownLatch(readers);
        Queue<String> stale = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < readers; i++) {
            Random random = new Random(seed + i);
            new Thread(() -> {
                        for (int read = 0; read < reads; read++) {
                            long known = random.nextInt(4) == 0 ? acknowledged.incrementAndGet() : acknowledged.get();
                            long index = shared.join().join();
                            if (index < known && stale.size() < 10) {
                                stale.add("known=" + known + " index=" + index);
                            }
                        }
                        done.countDown();
                    })
                    .start();
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(stale).as("seed=%d", seed).isEmpty();
        System.out.println("read barrier: reads=" + readers * reads + " rounds=" + rounds);
    }
}
