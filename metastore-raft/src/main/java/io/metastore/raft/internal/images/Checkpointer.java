package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus;
import io.metastore.api.CheckpointStatus.ApplyCost;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.api.Image;
import io.metastore.api.MetastoreException;
import io.metastore.api.OperationType;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.files.Trash;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PersistedImage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the images of a member: when the policy says that one is due, and when somebody asks. Afterwards it lets go of images that are too many, and of
 * the journal that no image needs, and frees what they took. Has one thread, {@code <member>-checkpoint}, which does nothing else.
 *
 * <p>A checkpoint that fails leaves images and journal as they were; it is counted, named in the health of the member, and tried again, each time after
 * twice as long.
 */
public final class Checkpointer {

    private static final Logger log = LoggerFactory.getLogger(Checkpointer.class);

    private static final long LOOK_EVERY_NANOS = 200_000_000;

    private final String member;
    private final CheckpointPolicy policy;
    private final ImageStore images;
    private final ImageMaker maker;
    private final JournalPurge purge;
    private final Trash trash;
    private final Ends ends;
    private final Jobs jobs;
    private final Clock clock;
    private final Supplier<Collection<String>> members;
    private final Thread thread;
    private final ApplyTimes applyTimes = new ApplyTimes();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();

    /**
     * Somebody who waits for the next checkpoint.
     *
     * @param replaces index of an image that is damaged; -1 when there is none
     */
    private record Request(long replaces, CompletableFuture<PersistedImage> answer, Jobs.Job job) {
        void fail(MetastoreException e) {
            job.ended(e);
            answer.completeExceptionally(e);
        }
    }

    /** Guarded by the lock, as are the fields below. */
    private List<Request> asked = new ArrayList<>();

    /** Completed by the next checkpoint, however it ends; null when nobody wants it sooner than it is due. */
    private @Nullable CompletableFuture<Void> renewal;

    private boolean closed;
    private boolean running;
    private long made;
    private long failed;
    private int failuresInARow;
    private long failedNanos;
    private String lastFailure = "";
    /** Whether the newest image was made when it was due: until then the member has not come to its {@link Turn}. */
    private boolean inTurn;

    private long imageNanos = System.nanoTime();
    private long imageAppliedBytes;
    private CheckpointTrigger.Replay replay = CheckpointTrigger.Replay.NONE;
    private @Nullable ApplyCost applyCost;

    /** How many bytes of entries were applied since the member was opened. Written by the apply thread. */
    private volatile long appliedBytes;

    /** Hears of each checkpoint that came to its end; throws nothing. */
    @FunctionalInterface
    public interface Ends {
        void checkpoint(boolean published, long nanos, long applyHeldNanos);
    }

    /** @param members names of all members of the cluster, as far as known */
    public Checkpointer(
            String member,
            CheckpointPolicy policy,
            ImageStore images,
            ImageMaker maker,
            JournalPurge purge,
            Trash trash,
            Ends ends,
            Jobs jobs,
            Clock clock,
            Supplier<Collection<String>> members) {
        this.member = member;
        this.policy = policy;
        this.images = images;
        this.maker = maker;
        this.purge = purge;
        this.trash = trash;
        this.ends = ends;
        this.jobs = jobs;
        this.clock = clock;
        this.members = members;
        this.thread = new Thread(this::work, member + "-checkpoint");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Called by the apply thread for each entry. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer.
    public void applied(int bytes) {
        appliedBytes += bytes;
    }

    /** Called by the apply thread for each entry with transactions: how long it was at it. */
    public void applyTook(int transactions, long nanos) {
        applyTimes.applied(transactions, nanos);
    }

    /**
     * The store was opened by a replay: when it was a long one, an image is due. Callable from any thread.
     *
     * @param entries that were applied
     * @param to where the state is now
     */
    public void replayed(long entries, long to, Duration took) {
        lock.lock();
        try {
            replay = new CheckpointTrigger.Replay(entries, to, took);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks for an image of what is applied now or later. Callable from any thread.
     *
     * @return the image; fails with {@link CheckpointFailedException} or {@link StoreClosedException}
     */
    public CompletableFuture<PersistedImage> create() {
        return ask(-1, OperationType.CHECKPOINT);
    }

    private CompletableFuture<PersistedImage> ask(long replaces, OperationType type) {
        CompletableFuture<PersistedImage> answer = new CompletableFuture<>();
        Request request = new Request(replaces, answer, jobs.begin(type));
        lock.lock();
        try {
            if (closed) {
                request.fail(closedFailure());
            } else {
                asked.add(request);
                news.signalAll();
            }
            return answer;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #create}, in place of a damaged image of that index. */
    public CompletableFuture<PersistedImage> replace(long index) {
        return ask(index, OperationType.REPLACE_IMAGE);
    }

    /**
     * Makes an image for a member that needs one, when the newest would leave it a long replay. Several that ask at once are served by one. Callable from any thread.
     *
     * @return completed when there is nothing to wait for any more, with an image or without; never fails
     */
    public CompletableFuture<Void> renew() {
        boolean old = CheckpointTrigger.isOld(policy, facts());
        lock.lock();
        try {
            if (closed || !old) {
                return CompletableFuture.completedFuture(null);
            }
            if (renewal == null) {
                renewal = new CompletableFuture<>();
                news.signalAll();
            }
            return renewal;
        } finally {
            lock.unlock();
        }
    }

    private void renewed() {
        CompletableFuture<Void> ended;
        lock.lock();
        try {
            ended = renewal;
            renewal = null;
        } finally {
            lock.unlock();
        }
        if (ended != null) {
            ended.complete(null); // Its followers read a list: not with the lock held.
        }
    }

    /** Takes no more requests and tells the thread to end; callers that wait are refused. Does not wait. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            asked.forEach(request -> request.fail(closedFailure()));
            asked = new ArrayList<>();
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The thread that may be inside the state until it has ended. */
    public Thread thread() {
        return thread;
    }

    /** Whether long work is to be given up. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    public CheckpointStatus status() {
        List<PersistedImage> there = images.images();
        CheckpointTrigger.Facts facts = facts();
        JournalHold hold = purge.hold();
        lock.lock();
        try {
            Image newest = there.isEmpty() ? null : Images.describe(there.get(0));
            return new CheckpointStatus(
                    newest,
                    there.size(),
                    running,
                    made,
                    failed,
                    failuresInARow > 0 ? lastFailure : "",
                    CheckpointTrigger.retryIn(facts),
                    Math.max(0, facts.applied() - facts.image()),
                    purge.first(),
                    hold,
                    applyCost);
        } finally {
            lock.unlock();
        }
    }

    private CheckpointTrigger.Facts facts() {
        List<PersistedImage> there = images.images();
        long applied = maker.appliedIndex();
        double turn = Turn.share(member, members.get());
        lock.lock();
        try {
            long now = System.nanoTime();
            return new CheckpointTrigger.Facts(
                    applied,
                    there.isEmpty() ? -1 : there.get(0).index(),
                    appliedBytes - imageAppliedBytes,
                    Duration.ofNanos(now - imageNanos),
                    replay,
                    failuresInARow,
                    Duration.ofNanos(now - failedNanos),
                    inTurn ? 1 : turn);
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        long purgedNanos = System.nanoTime();
        for (Wanted wanted = await(trash.free()); wanted != null; wanted = await(trash.free())) {
            if (wanted.reason() != null) {
                make(wanted);
                renewed();
            }
            if (wanted.reason() != null || System.nanoTime() - purgedNanos > TimeUnit.SECONDS.toNanos(1)) {
                purge.run();
                purgedNanos = System.nanoTime();
            }
        }
        renewed();
        trash.empty();
    }

    /**
     * What to do next.
     *
     * @param reason why a checkpoint is due; null when none is
     * @param waiting who is answered with it
     */
    private record Wanted(@Nullable String reason, List<Request> waiting) {}

    /**
     * Null at the end.
     *
     * @param nanosMax how long to wait at most
     */
    private @Nullable Wanted await(long nanosMax) {
        lock.lock();
        try {
            long left = Math.min(LOOK_EVERY_NANOS, nanosMax);
            while (left > 0 && !closed && asked.isEmpty() && renewal == null) {
                left = news.awaitNanos(left);
            }
            if (closed) {
                return null;
            }
            List<Request> waiting = asked;
            asked = new ArrayList<>();
            String reason = !waiting.isEmpty()
                    ? "asked"
                    : renewal != null ? "renewal" : CheckpointTrigger.reason(policy, facts());
            running = reason != null;
            return new Wanted(reason, waiting);
        } catch (InterruptedException e) {
            return null; // Nobody interrupts it but a JVM that ends.
        } finally {
            lock.unlock();
        }
    }

    private void make(Wanted wanted) {
        long bytes = appliedBytes;
        long started = System.nanoTime();
        Instant begun = clock.instant();
        wanted.waiting().forEach(request -> request.job().running());
        List<Long> replaced = wanted.waiting().stream()
                .map(Request::replaces)
                .filter(index -> index >= 0)
                .toList();
        applyTimes.begin();
        try {
            PersistedImage image = maker.make(replaced, progress -> wanted.waiting()
                    .forEach(request -> request.job().reached(progress)));
            ApplyCost cost = applyTimes.end();
            succeeded(bytes, cost, CheckpointTrigger.isRegular(wanted.reason()));
            ends.checkpoint(true, System.nanoTime() - started, cost.held().toNanos());
            wanted.waiting().forEach(request -> request.job().ended(null));
            wanted.waiting().forEach(request -> request.answer().complete(image));
        } catch (MetastoreException e) {
            failed(wanted, started, begun, e);
        } catch (RuntimeException e) {
            failed(
                    wanted,
                    started,
                    begun,
                    new CheckpointFailedException("checkpoint failed because of a bug, report it: " + e, e));
        } catch (Error e) {
            failed(
                    wanted,
                    started,
                    begun,
                    new CheckpointFailedException("checkpoint failed because of a bug, report it: " + e, e));
            throw e;
        }
    }

    private void succeeded(long bytes, ApplyCost cost, boolean regular) {
        lock.lock();
        try {
            running = false;
            made++;
            failuresInARow = 0;
            inTurn = regular;
            imageNanos = System.nanoTime();
            imageAppliedBytes = bytes;
            applyCost = cost;
        } finally {
            lock.unlock();
        }
        log.debug("apply thread during a checkpoint: member={} {}", member, cost);
    }

    private void failed(Wanted wanted, long started, Instant begun, MetastoreException e) {
        ends.checkpoint(
                false, System.nanoTime() - started, applyTimes.end().held().toNanos());
        boolean news;
        lock.lock();
        try {
            running = false;
            failed++;
            failuresInARow++;
            failedNanos = System.nanoTime();
            lastFailure = String.valueOf(e.getMessage());
            news = !closed && failuresInARow == 1 && wanted.waiting().isEmpty();
            if (!closed) {
                log.warn("checkpoint failed: member={} inARow={}", member, failuresInARow, e);
            }
        } finally {
            lock.unlock();
        }
        if (news) {
            jobs.failedByItself(OperationType.CHECKPOINT, begun, String.valueOf(e.getMessage()));
        }
        wanted.waiting().forEach(request -> request.fail(e));
    }

    private StoreClosedException closedFailure() {
        return new StoreClosedException("store is closed: member=" + member);
    }
}
