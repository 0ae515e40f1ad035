package io.metastore.raft.internal.cluster;

import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetastoreException;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.cluster.ClusterTable.Versioned;
import io.metastore.raft.internal.cluster.StepObserver.Moment;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.members.NextStep;
import io.metastore.raft.internal.members.Roster;
import io.metastore.raft.internal.members.StoredOperation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries operations out while this member leads: one step of one operation at a time, each worked out anew from the record and the group, the record
 * written before the group is touched. A leader that is deposed in the middle leaves the rest to the next one, which finds the group as it is.
 *
 * <p>All of it on one thread of its own.
 */
public final class OperationRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(OperationRunner.class);

    /** How often to look at what tells nobody when it changes: how far others are, whether they answer. */
    private static final Duration LOOK = Duration.ofMillis(200);

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration RECORD_MAX = Duration.ofSeconds(5);
    private static final Duration CHANGE_MAX = Duration.ofSeconds(10);
    private static final Duration TRANSFER_MAX = Duration.ofSeconds(5);
    private static final Duration CLOSE_MAX = Duration.ofMillis(300);

    /** Progress is recorded when it has grown by a part of the whole, not with each look. */
    private static final long PROGRESS_PARTS = 20;

    /** Each record is an entry itself. */
    private static final long PROGRESS_MIN = 10;

    private final Ground ground;
    private final ClusterTable table;
    private final StepObserver steps;
    private final EpochStart epoch;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /** Which operation was last found to be refused, and since when. Own thread only. */
    private @Nullable Refused refused;

    private record Refused(long id, long sinceNanos) {}

    public OperationRunner(Ground ground, ClusterTable table, StepObserver steps, EpochStart epoch) {
        this.ground = ground;
        this.table = table;
        this.steps = steps;
        this.epoch = epoch;
        this.thread = new Thread(this::run, ground.self() + "-operations");
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Something has changed that a step may depend on. Never blocks. */
    public void signal() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (!step()) {
                    news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                    news.drainPermits();
                }
            } catch (MetastoreException e) {
                log.info("operation waits: member={} reason={}", ground.self(), e.getMessage());
                pause();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!closed) {
                    log.error("operation could not be carried out because of a bug: member={}", ground.self(), e);
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether something was done, so that it is worth looking again at once. */
    private boolean step() throws InterruptedException {
        Engine engine = ground.engine();
        if (engine == null || !engine.leaderReady()) {
            return false;
        }
        epoch.look();
        if (epoch.isPending()) {
            return false;
        }
        for (Versioned open : table.open()) {
            Roster roster =
                    withJournals(open.operation().waitsForStart() ? ground.roster() : ground.freshRoster(), engine);
            NextStep step = NextStep.of(open.operation(), roster);
            if (step instanceof NextStep.Fail fail && mayPass(open, fail)) {
                return false;
            }
            if (step instanceof NextStep.Wait wait) {
                record(open, wait.text(), wait.done(), wait.total());
                if (open.operation().waitsForStart() || open.operation().isReadmission()) {
                    continue; // For a process to be started, or to catch up: others that come back need not wait for
                    // that.
                }
                return false;
            }
            return carryOut(engine, open, roster, step);
        }
        return false;
    }

    /** A member that has just been restarted, or has not answered the new leader yet, is given a moment before the operation fails for its sake. */
    private boolean mayPass(Versioned open, NextStep.Fail fail) {
        Reason reason = fail.refusal().reason();
        if (reason != Reason.QUORUM_WOULD_BE_LOST && reason != Reason.NOT_CAUGHT_UP) {
            return false;
        }
        long id = open.operation().info().id();
        if (refused == null || refused.id() != id) {
            refused = new Refused(id, System.nanoTime());
        }
        return System.nanoTime() - refused.sinceNanos() < GRACE.toNanos();
    }

    private boolean carryOut(Engine engine, Versioned open, Roster roster, NextStep step) throws InterruptedException {
        if (step instanceof NextStep.Done) {
            done(open);
        } else if (step instanceof NextStep.Fail fail) {
            fail(open, roster, fail.refusal().message());
        } else {
            Versioned recorded = begin(open, step);
            if (recorded == null) {
                return true; // Cancelled meanwhile, or carried on by another leader.
            }
            if (recorded.version() != open.version()) {
                at(recorded, Moment.RECORDED);
            }
            at(recorded, Moment.CHANGING);
            if (step instanceof NextStep.Change change) {
                change(engine, recorded, roster, change);
            } else if (step instanceof NextStep.Transfer transfer) {
                transfer(engine, recorded, transfer);
            }
            at(recorded, Moment.CHANGED);
        }
        return true;
    }

    private void done(Versioned open) {
        String failure = open.operation().failure();
        if (!isTakenBack(open)) {
            end(open, OperationState.DONE, null);
        } else if (failure.isEmpty()) {
            end(open, OperationState.CANCELLED, null);
        } else {
            end(open, OperationState.FAILED, failure);
        }
    }

    /** At once, or when what it had brought in by then is out again. */
    private void fail(Versioned open, Roster roster, String why) {
        StoredOperation failing = open.operation().failing(why);
        boolean adds = failing.type() == OperationType.ADD_VOTER || failing.type() == OperationType.ADD_OBSERVER;
        if (adds && !isTakenBack(open) && NextStep.of(failing, roster) instanceof NextStep.Change) {
            table.update(open, failing, RECORD_MAX);
        } else {
            end(open, OperationState.FAILED, why);
        }
    }

    private void at(Versioned operation, Moment moment) {
        steps.at(ground.self(), operation.operation().info().id(), moment);
    }

    private static boolean isTakenBack(Versioned open) {
        return open.operation().phase() == StoredOperation.Phase.BACK;
    }

    /** Records what is about to be done; from the last change on nobody can take the operation back. Null when the record is another by now. */
    private @Nullable Versioned begin(Versioned open, NextStep step) {
        boolean last = step instanceof NextStep.Change change && change.last() && !isTakenBack(open);
        StoredOperation before = open.operation();
        StoredOperation.Phase phase = isTakenBack(open)
                ? StoredOperation.Phase.BACK
                : last ? StoredOperation.Phase.LAST : StoredOperation.Phase.OPEN;
        if (before.phase() == phase
                && before.info().state() == OperationState.RUNNING
                && before.info().step().startsWith(step.text())) {
            return open;
        }
        StoredOperation changed = before.in(phase)
                .running(step.text(), before.info().done(), before.info().total());
        return table.update(open, changed, RECORD_MAX)
                ? table.operation(changed.info().id())
                : null;
    }

    static Roster withJournals(Roster roster, Engine engine) {
        return roster.seenByLeader(engine.configuration(), engine.lastEntry().index(), engine.followers());
    }

    private void change(Engine engine, Versioned open, Roster roster, NextStep.Change change)
            throws InterruptedException {
        CompletableFuture<GroupConfiguration> changing =
                engine.changeMembers(roster.configuration(), change.wanted(), CHANGE_MAX);
        Versioned current = open;
        while (true) {
            try {
                GroupConfiguration now = changing.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                log.info(
                        "membership changed: operation={} type={} target={} index={} members={}",
                        open.operation().info().id(),
                        open.operation().type(),
                        open.operation().info().target(),
                        now.index(),
                        now.members());
                return;
            } catch (TimeoutException e) {
                if (closed || isTakenBackMeanwhile(open)) {
                    changing.cancel(true); // Nobody waits for a new member that is not wanted any more.
                    return;
                }
                Versioned next = recordStaging(engine, current, change);
                current = next == null ? current : next;
            } catch (ExecutionException e) {
                failed(current, roster, change, e.getCause());
                return;
            }
        }
    }

    private boolean isTakenBackMeanwhile(Versioned begun) {
        Versioned now = table.operation(begun.operation().info().id());
        return now != null && isTakenBack(now) && !isTakenBack(begun);
    }

    /** While a new member is brought up to date, how far it is. */
    private @Nullable Versioned recordStaging(Engine engine, Versioned open, NextStep.Change change) {
        for (FollowerProgress follower : engine.followers()) {
            if (follower.id().equals(open.operation().member())) {
                long last = engine.lastEntry().index();
                return record(open, change.text(), Math.max(0, Math.min(last, follower.matchIndex())), last);
            }
        }
        return open;
    }

    private void failed(Versioned open, Roster roster, NextStep.Change change, @Nullable Throwable cause)
            throws InterruptedException {
        EngineException.Kind kind = cause instanceof EngineException engine ? engine.kind() : null;
        String reason = cause == null ? "unknown" : String.valueOf(cause.getMessage());
        if (kind == EngineException.Kind.MEMBER_SILENT || kind == EngineException.Kind.CHANGE_IN_PROGRESS) {
            Versioned again = new Versioned(
                    open.operation().in(isTakenBack(open) ? StoredOperation.Phase.BACK : StoredOperation.Phase.OPEN),
                    open.version());
            record(
                    again,
                    change.text() + "; tried again, " + reason,
                    open.operation().info().done(),
                    -1);
        } else if (kind == EngineException.Kind.CHANGE_TOO_LARGE || kind == EngineException.Kind.CHANGE_INVALID) {
            fail(open, roster, reason);
            return;
        } else {
            log.info(
                    "membership was not changed, is looked at anew: member={} cause={}",
                    ground.self(),
                    String.valueOf(cause));
        }
        news.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void transfer(Engine engine, Versioned open, NextStep.Transfer transfer) throws InterruptedException {
        try {
            engine.transferLeadership(transfer.to(), TRANSFER_MAX)
                    .get(TRANSFER_MAX.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            if (engine.leaderReady()) {
                end(
                        open,
                        OperationState.FAILED,
                        "leadership was not handed over within " + TRANSFER_MAX.toSeconds() + " s: from="
                                + ground.self()
                                + " to=" + (transfer.to() == null ? "any voter" : transfer.to()) + " cause="
                                + e.getMessage());
            }
        }
    }

    /** Records a step that is new, or progress that is worth it; null when the record is another by now. */
    private @Nullable Versioned record(Versioned open, String step, long done, long total) {
        StoredOperation before = open.operation();
        boolean started = before.info().state() == OperationState.RUNNING;
        boolean sameStep = started && before.info().step().equals(step);
        boolean known = total < 0 || before.info().total() >= 0;
        boolean little =
                known && Math.abs(done - before.info().done()) < Math.max(PROGRESS_MIN, total / PROGRESS_PARTS);
        if (sameStep && little) {
            return open;
        }
        boolean pending = before.waitsForStart() || (!started && total < 0); // Nothing was done, nothing moves.
        if (pending && !started && before.info().step().equals(step)) {
            return open;
        }
        StoredOperation changed = pending ? before.pending(step) : before.running(step, done, total);
        if (!table.update(open, changed, RECORD_MAX)) {
            return null;
        }
        return table.operation(changed.info().id());
    }

    private void end(Versioned open, OperationState state, @Nullable String error) {
        at(open, Moment.ENDING);
        if (table.update(open, open.operation().over(state, ground.now(), error), RECORD_MAX)) {
            at(open, Moment.ENDED);
            log.info(
                    "operation ended: id={} type={} target={} state={} error={}",
                    open.operation().info().id(),
                    open.operation().type(),
                    open.operation().info().target(),
                    state,
                    error);
        }
    }

    /** Idempotent; returns when the thread has ended or after a short while. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (thread != Thread.currentThread()) {
            try {
                thread.join(CLOSE_MAX.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
