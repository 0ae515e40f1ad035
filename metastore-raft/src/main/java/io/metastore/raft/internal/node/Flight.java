package io.metastore.raft.internal.node;

import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The batch that is on its way: its bytes never change once it was sent. Fields are the proposer's; {@link #answer} comes from any thread. */
final class Flight {

    final UUID session;
    final long sequence;
    final byte[] bytes;
    final List<PendingWrite> writes;
    private final long sentNanos = System.nanoTime();

    /** Whether an earlier attempt may have brought it into a journal. */
    boolean uncertain;

    private final AtomicReference<@Nullable Delivery> delivery = new AtomicReference<>();

    Flight(UUID session, long sequence, byte[] bytes, List<PendingWrite> writes) {
        this.session = session;
        this.sequence = sequence;
        this.bytes = bytes;
        this.writes = writes;
    }

    @Nullable
    Delivery delivery() {
        return delivery.get();
    }

    /** How long it was on its way when something happened. */
    long ageAt(long nanos) {
        return nanos - sentNanos;
    }

    /** Whether this is what became of this batch, and not of another. */
    boolean fits(BatchOutcome outcome) {
        return outcome.sequence() == sequence
                && outcome.session().equals(session)
                && (outcome.status() != BatchOutcome.Status.APPLIED
                        || outcome.results().size() == writes.size());
    }

    /** Takes the first answer of an attempt; says whether it was this one. Results reach the callers at once, on this thread. */
    boolean answer(Delivery answer) {
        if (!delivery.compareAndSet(null, answer) && !(answer instanceof Delivery.Answered && replaceLesser(answer))) {
            return false;
        }
        if (answer instanceof Delivery.Answered answered
                && answered.outcome().status() == BatchOutcome.Status.APPLIED) {
            complete(answered.outcome());
        }
        return true;
    }

    /** An outcome from the journal says more than an attempt that failed. */
    private boolean replaceLesser(Delivery answer) {
        Delivery now = delivery.get();
        return !(now instanceof Delivery.Answered) && delivery.compareAndSet(now, answer);
    }

    private void complete(BatchOutcome outcome) {
        List<TransactionResult> results = outcome.results();
        for (int i = 0; i < results.size(); i++) {
            writes.get(i).complete(results.get(i), outcome);
        }
    }

    /** Gets ready for another attempt with the same bytes; false when an outcome has come meanwhile. */
    boolean retry() {
        Delivery now = delivery.get();
        return !(now instanceof Delivery.Answered) && delivery.compareAndSet(now, null);
    }

    /** Whether nobody waits for it any more. */
    boolean isAbandoned() {
        return !writes.isEmpty() && writes.stream().allMatch(PendingWrite::isDone);
    }
}
