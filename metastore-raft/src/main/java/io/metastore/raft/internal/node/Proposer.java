package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.OverloadedException;
import io.metastore.api.StoreClosedException;
import io.metastore.api.UnavailableException;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs waiting transactions into one journal entry at a time and sees each entry through.
 *
 * <p>Concurrency: callers put transactions into a bounded queue ({@link WaitingWrites}); one thread takes them out, and it alone decides what is sent. Once this
 * closes, others too take from the queue, to end what is in it. While one batch is on its way the next one fills; there is no timer. Answers
 * come from the apply thread when the batch is applied here, or as the leader's reply, whichever is first.
 *
 * <p>Exactly once: a session opens with an empty batch; every batch has a sequence and keeps its bytes until the journal has answered or
 * nobody waits for it. Only a batch that is certainly in no journal is taken apart again. A sequence is never used for other bytes that may
 * have been sent.
 */
final class Proposer {

    private static final Logger log = LoggerFactory.getLogger(Proposer.class);

    private static final long RETRY_NANOS = 10_000_000;
    private static final Duration DRAIN_MAX = Duration.ofMillis(300);
    private static final Duration END_MAX = Duration.ofMillis(200);

    private final String member;
    private final BatchRouter router;
    private final Meters meters;
    private final WaitingWrites waiting;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;

    /** Claimed for a batch that is not under way yet, so that they are ended when it cannot be packed. Proposer thread only. */
    private List<PendingWrite> packing = List.of();

    private volatile UUID session = UUID.randomUUID();

    /** Sequence of the last batch that may be in a journal; 0 before the session is open. Proposer thread only. */
    private long sequence;

    private volatile @Nullable Flight flight;
    private volatile boolean closing;
    private volatile boolean stopped;

    /**
     * A proposer that is not started yet.
     *
     * @param onFailure told when the thread died of a bug; nothing can be written then
     */
    Proposer(
            String member,
            BatchRouter router,
            Meters meters,
            int queueTransactionsMax,
            long queueBytesMax,
            Consumer<Throwable> onFailure) {
        this.waiting = new WaitingWrites(member, queueTransactionsMax, queueBytesMax);
        this.onFailure = onFailure;
        this.member = member;
        this.router = router;
        this.meters = meters;
        this.thread = new Thread(this::run, member + "-proposer");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    UUID session() {
        return session;
    }

    int queued() {
        return waiting.size();
    }

    /**
     * Queues a transaction.
     *
     * @throws OverloadedException the queue is full
     * @throws StoreClosedException the proposer has stopped
     */
    PendingWrite enqueue(JournalTransaction transaction, int bytes, Deadline deadline) {
        if (closing) {
            throw closed();
        }
        PendingWrite write = waiting.add(transaction, bytes, deadline);
        if (flight == null) {
            LockSupport.unpark(thread);
        }
        if (closing) {
            waiting.endQueued(this::closed);
        }
        return write;
    }

    /**
     * A batch was applied here; called on the apply thread.
     *
     * @param committedNanos when it was known to be committed, on {@link System#nanoTime}
     */
    void applied(BatchOutcome outcome, long committedNanos) {
        Flight now = flight;
        if (now != null && now.sequence == outcome.sequence() && now.session.equals(outcome.session())) {
            answer(now, new Delivery.Answered(outcome), committedNanos);
        }
    }

    /** Ends what has passed its deadline without anybody waiting for it. Called now and then by the housekeeping thread. */
    void expire(Function<PendingWrite, MetastoreException> unknown) {
        waiting.expire();
        Flight now = flight;
        if (now != null) {
            for (PendingWrite write : now.writes) {
                if (write.deadline.passed() && write.isSent()) {
                    write.failIf(PendingWrite.Stage.SENT, unknown.apply(write));
                }
            }
        }
    }

    /** Something about the leader changed. */
    void routeChanged() {
        router.routeChanged();
        LockSupport.unpark(thread);
    }

    private void answer(Flight of, Delivery delivery, long nanos) {
        if (delivery instanceof Delivery.Answered answered && !of.fits(answered.outcome())) {
            answer(of, new Delivery.Unknown("answer to another batch: " + answered.outcome()), nanos);
        } else if (of.answer(delivery)) {
            if (delivery instanceof Delivery.Answered) {
                meters.committed(of.ageAt(nanos));
            }
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            while (!stopped) {
                Flight now = flight;
                if (now == null) {
                    if (waiting.isEmpty()) {
                        LockSupport.park(this);
                    } else if (!router.hasRoute()) {
                        waiting.refuse(router.refusal());
                        LockSupport.parkNanos(this, RETRY_NANOS);
                    } else {
                        sendNext();
                    }
                } else {
                    follow(now);
                }
            }
        } catch (RuntimeException | Error e) {
            closing = true;
            stopped = true;
            onFailure.accept(e);
            throw e;
        } finally {
            failAll();
        }
    }

    private void sendNext() {
        boolean opening = sequence == 0;
        List<PendingWrite> writes = new ArrayList<>();
        packing = writes;
        if (!opening) {
            waiting.take(session, sequence + 1, writes);
        }
        if (writes.isEmpty() && !opening) {
            return;
        }
        List<JournalTransaction> transactions = new ArrayList<>(writes.size());
        for (PendingWrite write : writes) {
            transactions.add(write.transaction);
        }
        byte[] bytes = JournalCodec.encodeBatch(new JournalBatch(session, sequence + 1, transactions));
        sequence++;
        Flight next = new Flight(session, sequence, bytes, writes);
        flight = next;
        packing = List.of();
        meters.batch(writes.size(), bytes.length);
        send(next);
    }

    /** Whatever the router's future ends with is an answer: a batch without one would stay under way, and everything behind it, for ever. */
    @SuppressWarnings("FutureReturnValueIgnored") // The callback takes its result.
    private void send(Flight next) {
        router.deliver(next.bytes).whenComplete((delivery, error) -> {
            Delivery came = delivery;
            if (error != null) {
                log.warn("sending a batch failed: member={} sequence={}", member, next.sequence, error);
                came = new Delivery.Unknown(String.valueOf(error.getMessage()));
            }
            answer(next, came, System.nanoTime());
        });
    }

    /** One look at the batch that is on its way. */
    private void follow(Flight now) {
        Delivery delivery = now.delivery();
        if (delivery == null) {
            LockSupport.park(this);
        } else if (delivery instanceof Delivery.Answered answered) {
            flight = null;
            answered(now, answered.outcome());
        } else if (delivery instanceof Delivery.NotTaken && !now.uncertain) {
            flight = null;
            sequence--;
            waiting.putBack(now.writes);
            LockSupport.parkNanos(this, RETRY_NANOS / 10);
        } else {
            now.uncertain |= delivery instanceof Delivery.Unknown;
            retryUncertain(now);
        }
    }

    private void answered(Flight now, BatchOutcome outcome) {
        if (outcome.status() == BatchOutcome.Status.APPLIED) {
            return;
        }
        log.warn(
                "batch was not applied: member={} session={} sequence={} status={}",
                member,
                now.session,
                now.sequence,
                outcome.status());
        boolean certain = outcome.status() == BatchOutcome.Status.SESSION_UNKNOWN && !now.uncertain;
        session = UUID.randomUUID();
        sequence = 0;
        if (certain) {
            waiting.putBack(now.writes);
        } else {
            for (PendingWrite write : now.writes) {
                write.fail(new OutcomeUnknownException(
                        "the cluster no longer remembers this session: member=" + member + " session=" + now.session
                                + " sequence=" + now.sequence + "; read the data to see whether it was written",
                        null,
                        null));
            }
        }
    }

    private void retryUncertain(Flight now) {
        if (now.isAbandoned()) {
            flight =
                    null; // Its sequence stays used: should it be in a journal after all, it comes before the next one.
            return;
        }
        LockSupport.parkNanos(this, RETRY_NANOS);
        if (!router.hasRoute()) {
            waiting.refuse(router.refusal());
        } else if (now.retry()) {
            meters.resent();
            send(now);
        }
    }

    private void failAll() {
        Flight now = flight;
        if (now != null) {
            for (PendingWrite write : now.writes) {
                write.fail(new OutcomeUnknownException(
                        "store was closed while the write was under way: member=" + member, null, null));
            }
        }
        for (PendingWrite write : packing) {
            write.markQueuedAgain();
            write.failIf(PendingWrite.Stage.QUEUED, closed());
        }
        waiting.endAll(this::closed);
    }

    private MetastoreException closed() {
        String refusal = router.refusal(); // It may end because the member is recovered; the store stays open then.
        return refusal == null
                ? new StoreClosedException("store is closed: member=" + member)
                : new UnavailableException(refusal);
    }

    /** Ends what is on its way: nobody hears any more what became of it. */
    void giveUp(Function<PendingWrite, OutcomeUnknownException> unknown) {
        Flight now = flight;
        if (now != null) {
            for (PendingWrite write : now.writes) {
                write.failIf(PendingWrite.Stage.SENT, unknown.apply(write));
            }
        }
    }

    /**
     * Takes nothing more, gives the batch under way a moment to be answered, then fails what is left: QUEUED is certainly not applied, SENT unknown.
     *
     * @param deadline of the whole closing; when its thread has not ended by then, in a network that does not return for one, it is left to do so
     */
    void close(Deadline deadline) {
        closing = true;
        waiting.endQueued(this::closed);
        Deadline drained = Deadline.after(deadline.atMost(DRAIN_MAX));
        while (flight != null && thread.isAlive() && router.hasRoute() && !drained.passed()) {
            LockSupport.parkNanos(200_000);
        }
        stopped = true;
        LockSupport.unpark(thread);
        if (!NodeParts.join(thread, deadline.atMost(END_MAX))) {
            log.warn("proposer did not stop in time, is left behind: member={} thread={}", member, thread.getName());
        }
        waiting.endQueued(this::closed);
    }
}
