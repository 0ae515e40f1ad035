package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.LogPosition;
import io.metastore.api.OverloadedException;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.journal.TransactionResult.Applied;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the proposer packs together, and what it does with each answer, beside a leader that the test plays. */
class ProposerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TRANSACTIONS_MAX = 5_000;
    private static final int BYTES_MAX = 100_000;

    /** A batch that was sent, and what the test answers. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Sending(byte[] bytes, CompletableFuture<Delivery> delivery) {

        JournalBatch batch() {
            return JournalCodec.decodeEntry(ByteBuffer.wrap(JournalCodec.encodeEntry(0, 0, bytes)))
                    .batch();
        }

        BatchOutcome outcome() {
            JournalBatch batch = batch();
            return outcome(
                    batch.session(), batch.sequence(), batch.transactions().size());
        }

        static BatchOutcome outcome(UUID session, long sequence, int transactions) {
            List<TransactionResult> results = new ArrayList<>();
            for (int i = 0; i < transactions; i++) {
                results.add(new Applied(i + 1, true, true, new long[] {1}));
            }
            return new BatchOutcome(
                    session, sequence, BatchOutcome.Status.APPLIED, 1, new LogPosition(1, sequence), results);
        }

        void answer() {
            delivery.complete(new Delivery.Answered(outcome()));
        }
    }

    private final BlockingQueue<Sending> sent = new LinkedBlockingQueue<>();
    private final AtomicInteger resent = new AtomicInteger();
    private final BlockingQueue<Long> commits = new LinkedBlockingQueue<>();
    private volatile boolean answersAtOnce;
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private Proposer proposer;

    @BeforeEach
    void start() {
        BatchRouter router = new BatchRouter() {
            @Override
            public boolean hasRoute() {
                return true;
            }

            @Override
            public CompletableFuture<Delivery> deliver(byte[] batch) {
                Sending sending = new Sending(batch, new CompletableFuture<>());
                sent.add(sending);
                if (answersAtOnce) {
                    sending.answer();
                }
                return sending.delivery();
            }

            @Override
            public void routeChanged() {}

            @Override
            public @Nullable String refusal() {
                return null;
            }
        };
        Meters meters = new Meters() {
            @Override
            public void resent() {
                resent.incrementAndGet();
            }

            @Override
            public void committed(long nanos) {
                commits.add(nanos);
            }
        };
        proposer = new Proposer("fe1", router, meters, TRANSACTIONS_MAX, BYTES_MAX, failures::add);
        proposer.start();
    }

    @AfterEach
    void close() {
        proposer.close(Deadline.after(PATIENCE));
    }

    private PendingWrite enqueue() {
        return enqueue(20);
    }

    private PendingWrite enqueue(int bytes) {
        return proposer.enqueue(
                new JournalTransaction.CommandCall("c", 1, new byte[1]), bytes, Deadline.after(PATIENCE));
    }

    private Sending next() throws InterruptedException {
        Sending next = sent.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("a batch is sent").isNotNull();
        return next;
    }

    private static void isDone(PendingWrite write) throws InterruptedException {
        PendingWrite.Done done = write.await();
        assertThat(done).as("in time").isNotNull();
        assertThat(done.error()).isNull();
        assertThat(done.result()).isInstanceOf(Applied.class);
    }

    /** The session's first batch, without transactions. */
    private PendingWrite opened() throws InterruptedException {
        PendingWrite first = enqueue();
        Sending opening = next();
        assertThat(opening.batch().transactions()).isEmpty();
        opening.answer();
        return first;
    }

    @Test
    void whatWaitsWhileABatchIsUnderWayGoesIntoTheNextOneTogether() throws InterruptedException {
        List<PendingWrite> writes = new ArrayList<>(List.of(opened()));
        Sending first = next();
        assertThat(first.batch().transactions()).hasSize(1);
        for (int i = 0; i < 1_000; i++) {
            writes.add(enqueue());
        }
        assertThat(sent).as("one batch at a time").isEmpty();
        first.answer();
        Sending second = next();
        assertThat(second.batch().transactions()).hasSize(1_000);
        second.answer();
        for (PendingWrite write : writes) {
            isDone(write);
        }
        assertThat(commits).hasSize(3).allMatch(nanos -> nanos >= 0);
    }

    @Test
    void aFullQueueRefusesByTransactionsAndByBytesAndTakesAgainWhatFits() throws InterruptedException {
        isRefusedBeyond(BYTES_MAX / 20_000, 20_000, "bytes=120000 bytesLimit=100000");
        isRefusedBeyond(TRANSACTIONS_MAX, 20, "transactions=5001 limit=5000");
    }

    private void isRefusedBeyond(int accepted, int bytes, String facts) throws InterruptedException {
        PendingWrite opener = enqueue(1);
        Sending underWay = next();
        if (underWay.batch().transactions().isEmpty()) {
            underWay.answer();
            underWay = next();
        }
        List<PendingWrite> writes = new ArrayList<>();
        for (int i = 0; i < accepted; i++) {
            writes.add(enqueue(bytes));
        }
        for (int i = 0; i < 3; i++) { // Refusing takes no room.
            assertThatThrownBy(() -> enqueue(bytes))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining(facts);
        }
        underWay.answer();
        isDone(opener);
        int answered = 0;
        while (answered < accepted) {
            Sending next = next();
            answered += next.batch().transactions().size();
            next.answer();
        }
        for (PendingWrite write : writes) {
            isDone(write);
        }
        assertThat(proposer.queued()).isZero();
    }

    @Test
    void anAnswerThatCannotBeReadIsFollowedByTheSameBytesAgain() throws InterruptedException {
        PendingWrite write = opened();
        Sending first = next();
        first.delivery().completeExceptionally(new IllegalStateException("told to fail"));
        Sending second = next();
        assertThat(second.bytes()).isEqualTo(first.bytes());
        second.answer();
        isDone(write);
        assertThat(resent).hasValue(1);
    }

    @Test
    void anAnswerToAnotherBatchIsNone() throws InterruptedException {
        PendingWrite write = opened();
        Sending first = next();
        JournalBatch batch = first.batch();
        List<BatchOutcome> others = List.of(
                Sending.outcome(UUID.randomUUID(), batch.sequence(), 1),
                Sending.outcome(batch.session(), batch.sequence() + 1, 1),
                Sending.outcome(batch.session(), batch.sequence(), 2),
                Sending.outcome(batch.session(), batch.sequence(), 0));
        Sending now = first;
        for (BatchOutcome other : others) {
            now.delivery().complete(new Delivery.Answered(other));
            now = next();
            assertThat(now.bytes()).isEqualTo(first.bytes());
            assertThat(write.isDone()).isFalse();
        }
        now.answer();
        isDone(write);
    }

    @Test
    void whatWasNotTakenIsPackedAnewWithWhatCameMeanwhile() throws InterruptedException {
        PendingWrite first = opened();
        Sending refused = next();
        PendingWrite second = enqueue();
        refused.delivery().complete(new Delivery.NotTaken("told to refuse"));
        Sending again = next();
        assertThat(again.batch().sequence()).isEqualTo(refused.batch().sequence());
        assertThat(again.batch().transactions()).hasSize(2);
        again.answer();
        isDone(first);
        isDone(second);
    }

    /** Closing takes from the queue what its thread is about to take: each write must be ended by one of the two. */
    @Test
    void closingWhileTheQueueIsTakenFromEndsEveryWrite() throws InterruptedException {
        for (int round = 0; round < 60; round++) {
            PendingWrite first = opened();
            Sending underWay = next();
            List<PendingWrite> writes = new ArrayList<>(List.of(first));
            for (int i = 0; i < 4_000; i++) {
                writes.add(enqueue());
            }
            answersAtOnce = true;
            underWay.answer();
            proposer.close(Deadline.after(PATIENCE));
            for (PendingWrite write : writes) {
                assertThat(write.await())
                        .as("ended by somebody, round %d, failures %s", round, failures)
                        .isNotNull();
            }
            assertThat(failures).isEmpty();
            sent.clear();
            answersAtOnce = false;
            start();
        }
    }

    @Test
    void aBatchThatCannotBePackedEndsEveryWriteAndSaysSo() throws InterruptedException {
        PendingWrite first = opened();
        Sending underWay = next();
        PendingWrite whole = enqueue();
        PendingWrite broken = proposer.enqueue(
                new JournalTransaction.CommandCall("without an argument", 1, null), 20, Deadline.after(PATIENCE));
        underWay.answer();
        isDone(first);
        for (PendingWrite write : List.of(whole, broken)) {
            assertThat(write.await()).as("in time").isNotNull();
            assertThat(write.done().error()).isInstanceOf(StoreClosedException.class);
        }
        assertThat(failures.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(NullPointerException.class);
    }
}
