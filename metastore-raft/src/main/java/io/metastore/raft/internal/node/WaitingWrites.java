package io.metastore.raft.internal.node;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.MetastoreException;
import io.metastore.api.OverloadedException;
import io.metastore.api.UnavailableException;
import io.metastore.snapshot.journal.JournalTransaction;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transactions that wait for their batch, bounded in number and bytes, first come first served; those whose batch was certainly in vain go before all others.
 *
 * <p>Anybody may add one, look how many there are, and end what is queued. The rest is for the proposer's thread only.
 */
final class WaitingWrites {

    static final int BATCH_TRANSACTIONS_MAX = 4096;
    private static final int BATCH_BYTES_MAX = 1 << 20;

    private final String member;
    private final int transactionsMax;
    private final long bytesMax;

    private final ConcurrentLinkedQueue<PendingWrite> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Taken from the queue but sent in vain. Proposer thread only. */
    private final ArrayDeque<PendingWrite> again = new ArrayDeque<>();

    WaitingWrites(String member, int transactionsMax, long bytesMax) {
        this.member = member;
        this.transactionsMax = transactionsMax;
        this.bytesMax = bytesMax;
    }

    int size() {
        return transactions.get();
    }

    /**
     * Queues a transaction.
     *
     * @throws OverloadedException too many wait
     */
    PendingWrite add(JournalTransaction transaction, int size, Deadline deadline) {
        int number = transactions.incrementAndGet();
        long total = bytes.addAndGet(size);
        if (number > transactionsMax || total > bytesMax) {
            release(size);
            throw new OverloadedException("too many transactions wait: member=" + member + " transactions=" + number
                    + " limit=" + transactionsMax + " bytes=" + total + " bytesLimit=" + bytesMax
                    + "; retry after a pause or raise limits.queueTransactionsMax or limits.queueBytesMax");
        }
        PendingWrite write = new PendingWrite(transaction, size, deadline);
        queue.add(write);
        return write;
    }

    private void release(int size) {
        transactions.decrementAndGet();
        bytes.addAndGet(-size);
    }

    /** Whether nothing waits. Proposer thread only. */
    boolean isEmpty() {
        return again.isEmpty() && queue.isEmpty();
    }

    /**
     * Claims what goes into the next batch. Proposer thread only.
     *
     * @param into gets each of them as it is claimed
     */
    void take(UUID session, long sequence, List<PendingWrite> into) {
        int size = 0;
        while (into.size() < BATCH_TRANSACTIONS_MAX) {
            PendingWrite write = again.peekFirst();
            boolean first = write != null;
            if (write == null) {
                write = queue.peek();
            }
            if (write == null || (!into.isEmpty() && size + write.bytes > BATCH_BYTES_MAX)) {
                break;
            }
            if (first) {
                again.removeFirst();
            } else if (!queue.remove(write)) {
                continue; // Closing has emptied the queue meanwhile; what is first now is another one.
            }
            release(write.bytes);
            if (write.deadline.passed()) {
                write.failIf(PendingWrite.Stage.QUEUED, notSent());
            } else if (write.markSent(new PendingWrite.Sent(session, sequence, into.size()))) {
                into.add(write);
                size += write.bytes;
            }
        }
    }

    /** Their batch is certainly in no journal: they go first, in the order they had. Proposer thread only. */
    void putBack(List<PendingWrite> writes) {
        for (int i = writes.size() - 1; i >= 0; i--) {
            PendingWrite write = writes.get(i);
            write.markQueuedAgain();
            if (!write.isDone()) {
                again.addFirst(write);
                transactions.incrementAndGet();
                bytes.addAndGet(write.bytes);
            }
        }
    }

    /**
     * There is nobody to send to: ends those that are not to wait for that, and forgets those that are done. Proposer thread only.
     *
     * @param refusal why none is to wait; null when each waits for its deadline
     */
    void refuse(@Nullable String refusal) {
        for (Iterator<PendingWrite> waiting = queue.iterator(); waiting.hasNext(); ) {
            PendingWrite write = waiting.next();
            MetastoreException error = null;
            if (refusal != null) {
                error = new UnavailableException(refusal);
            } else if (write.deadline.passed()) {
                error = new DeadlineExceededException("no leader within the deadline: member=" + member);
            }
            if (error != null) {
                write.failIf(PendingWrite.Stage.QUEUED, error);
            }
            if (write.isDone()) {
                waiting.remove();
                release(write.bytes);
            }
        }
        again.removeIf(write -> {
            if (refusal != null) {
                write.failIf(PendingWrite.Stage.QUEUED, new UnavailableException(refusal));
            } else if (write.deadline.passed()) {
                write.failIf(PendingWrite.Stage.QUEUED, notSent());
            }
            boolean done = write.isDone();
            if (done) {
                release(write.bytes);
            }
            return done;
        });
    }

    /** Ends what is queued and has passed its deadline. */
    void expire() {
        for (PendingWrite write : queue) {
            if (write.deadline.passed()) {
                write.failIf(PendingWrite.Stage.QUEUED, notSent());
            }
        }
    }

    private DeadlineExceededException notSent() {
        return new DeadlineExceededException("not sent within the deadline: member=" + member);
    }

    /** Ends all that waits; nothing is taken any more. Proposer thread only. */
    void endAll(Supplier<MetastoreException> why) {
        for (PendingWrite write = again.pollFirst(); write != null; write = again.pollFirst()) {
            write.failIf(PendingWrite.Stage.QUEUED, why.get());
        }
        endQueued(why);
    }

    /** Ends what is queued; for when nothing is taken any more. */
    void endQueued(Supplier<MetastoreException> why) {
        for (PendingWrite write = queue.poll(); write != null; write = queue.poll()) {
            write.failIf(PendingWrite.Stage.QUEUED, why.get());
        }
    }
}
