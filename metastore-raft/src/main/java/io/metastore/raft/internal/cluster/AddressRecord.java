package io.metastore.raft.internal.cluster;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MetastoreException;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.cluster.StepObserver.Moment;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the cluster has recorded where this member listens, so that members that come later find it, and with it the operation that brought it there;
 * tries again until it has. A move needs no quorum, so it is made first and recorded when it is over, in one write: nothing is left open by a member that dies in
 * the middle.
 *
 * <p>Thread-safe; waits for the journal when there is something to record.
 */
public final class AddressRecord {

    private static final Logger log = LoggerFactory.getLogger(AddressRecord.class);

    private static final Duration RECORD_MAX = Duration.ofSeconds(2);
    private static final int FAILURES_MAX = 10;

    private final Ground ground;
    private final ClusterTable table;
    private final StepObserver steps;
    private final Supplier<String> id;
    private final Supplier<String> address;

    /** Moves that failed and are to be recorded, the oldest first. Guarded by this. */
    private final Deque<Operation> failed = new ArrayDeque<>();

    /**
     * Records nothing yet.
     *
     * @param id this member's, in the group
     * @param address where it listens now; empty for the port-less single member
     */
    public AddressRecord(
            Ground ground, ClusterTable table, StepObserver steps, Supplier<String> id, Supplier<String> address) {
        this.ground = ground;
        this.table = table;
        this.steps = steps;
        this.id = id;
        this.address = address;
    }

    /** Records what is not recorded yet, when there is somebody to record it. */
    public synchronized void look() {
        recordMove(ground.now());
        recordFailures();
    }

    /** Whether the cluster has recorded where this member listens now, as far as this one has applied; false when it never moved. Never blocks. */
    public boolean isRecorded() {
        return address.get().equals(table.address(id.get()));
    }

    /**
     * Makes a move and records it, or that it failed.
     *
     * @param move throws what the caller is to be told
     * @return as recorded, or with a negative id when that has to wait for a leader
     */
    synchronized Operation moving(String to, Runnable move) {
        Instant started = ground.now();
        steps.at(ground.self(), StepObserver.UNNUMBERED, Moment.CHANGING);
        try {
            move.run();
        } catch (MembershipRefusedException e) {
            throw e; // Nothing was begun.
        } catch (MetastoreException e) {
            if (failed.size() == FAILURES_MAX) {
                failed.removeFirst();
            }
            failed.addLast(ended(StepObserver.UNNUMBERED, to, started, String.valueOf(e.getMessage())));
            recordFailures();
            throw e;
        }
        steps.at(ground.self(), StepObserver.UNNUMBERED, Moment.CHANGED);
        Operation recorded = recordMove(started);
        return recorded != null ? recorded : ended(StepObserver.UNNUMBERED, to, started, null);
    }

    /** Null when there is nothing to record, or nobody to record it. */
    private @Nullable Operation recordMove(Instant started) {
        GroupMember self = self();
        String now = address.get();
        String recorded = table.address(id.get());
        if (self == null || now.equals(recorded == null ? self.address() : recorded)) {
            return null;
        }
        try {
            Operation move = ended(table.nextId(RECORD_MAX), now, started, null);
            steps.at(ground.self(), move.id(), Moment.ENDING);
            if (!table.address(id.get(), now, stored(move, now), RECORD_MAX)) {
                return null;
            }
            steps.at(ground.self(), move.id(), Moment.ENDED);
            log.info("address recorded: member={} address={} before={}", ground.self(), now, recorded);
            return move;
        } catch (MetastoreException e) {
            log.info("address is not recorded yet: member={} address={} reason={}", ground.self(), now, e.getMessage());
            return null;
        }
    }

    private void recordFailures() {
        try {
            while (!failed.isEmpty() && self() != null) {
                Operation move = failed.getFirst();
                if (move.id() == StepObserver.UNNUMBERED) {
                    // Numbered once, so that it is recorded once, whatever becomes of a try.
                    move = numbered(move, table.nextId(RECORD_MAX));
                    failed.removeFirst();
                    failed.addFirst(move);
                }
                table.add(stored(move, ""), RECORD_MAX);
                failed.removeFirst();
            }
        } catch (MetastoreException e) {
            log.info("failed move is not recorded yet: member={} reason={}", ground.self(), e.getMessage());
        }
    }

    /** This member in the group, while somebody leads who could record anything; null otherwise. */
    private @Nullable GroupMember self() {
        Engine engine = ground.engine();
        boolean led = engine != null && (engine.following() != null || engine.leaderReady());
        return engine == null || !led || address.get().isEmpty()
                ? null
                : engine.configuration().withId(id.get());
    }

    private Operation ended(long number, String to, Instant started, @Nullable String error) {
        return new Operation(
                number,
                OperationType.CHANGE_ADDRESS,
                ground.self(),
                ground.self(),
                error == null ? OperationState.DONE : OperationState.FAILED,
                "listening at " + to,
                started,
                ground.now(),
                error,
                0,
                -1);
    }

    private static Operation numbered(Operation move, long number) {
        return new Operation(
                number,
                move.type(),
                move.target(),
                move.requestedBy(),
                move.state(),
                move.step(),
                move.started(),
                move.ended(),
                move.error(),
                move.done(),
                move.total());
    }

    private StoredOperation stored(Operation move, String to) {
        return new StoredOperation(move, to, id.get(), "", false, false, true, StoredOperation.Phase.OPEN, "");
    }
}
