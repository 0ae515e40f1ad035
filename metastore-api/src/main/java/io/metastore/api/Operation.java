package io.metastore.api;

import io.metastore.api.internal.OperationTable;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of the membership, or a job of a member, at one moment: what was asked for, how far it has come, how it ended. Immutable.
 *
 * <p>Recorded in the cluster, so every member tells the same of it, a new leader goes on with it, and it can be looked up after it is over: {@link
 * Cluster#operations}. The record is durable on a majority of the voters.
 *
 * <p>A job ({@link OperationType#isJob}) waits for no record: it runs without a leader too. It is recorded when it begins and when it ends, as soon as there is a
 * leader, and in between at most every five seconds; the member it runs at tells what is so now. What it had not recorded when its process ended is lost. A job
 * whose member was closed, died or restarted is {@link OperationState#FAILED}: the member says so when it is up again, the leader when it has not answered for
 * ten seconds or is out of the cluster. A store without {@link MetaStore.Builder#member} records no jobs, which would change its revision for nobody: it lists
 * those since it was opened.
 *
 * <p>Times are those of the member that wrote them, so {@code ended} of one whose leader
 * changed may be before {@code started}. Serializable because {@link OperationFailedException} carries it.
 *
 * @param id identifies it in its cluster; grows with each that is accepted. Negative for one that is not recorded yet: a change of address made while nobody
 *     could record it, or a job, which has another id from its record on
 * @param type what it does
 * @param target name of the member it is about
 * @param requestedBy name of the member it was asked of; {@value Autopilot#REQUESTED_BY} for what the {@link Autopilot} of the leader
 *     began, {@code recovery} for what began with an epoch
 * @param state how far it has come
 * @param step what is being done, or was done last, a few words for people
 * @param started when it was accepted
 * @param ended when it was over; null until then
 * @param error why it is over without success, with what had been changed by then; never null when FAILED, null when it is not over or DONE
 * @param done how many journal entries the target has of those it needs in this step; never falls within a step. Of a job what its {@link Progress} counts
 * @param total how many it needs, may grow while others write; -1 when not known or when the step does not move entries
 */
public record Operation(
        long id,
        OperationType type,
        String target,
        String requestedBy,
        OperationState state,
        String step,
        Instant started,
        @Nullable Instant ended,
        @Nullable String error,
        long done,
        long total)
        implements Serializable {

    public Operation {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(started, "started");
        if (id == 0) {
            throw new IllegalArgumentException("an operation must have an id: id=0");
        }
        if (target.isBlank() || requestedBy.isBlank()) {
            throw new IllegalArgumentException("an operation must name its members: id=" + id + " target='" + target
                    + "' requestedBy='" + requestedBy + "'");
        }
        if (state.isOver() != (ended != null)) {
            throw new IllegalArgumentException("an operation has an end exactly when it is over: id=" + id + " state="
                    + state + " ended=" + ended);
        }
        boolean mayFail = state == OperationState.FAILED || state == OperationState.CANCELLED;
        if (error == null ? state == OperationState.FAILED : !mayFail) {
            throw new IllegalArgumentException(
                    "an operation has an error exactly when it failed, and may have one when it was cancelled: id=" + id
                            + " state=" + state + " error=" + error);
        }
        if (done < 0 || total < -1) {
            throw new IllegalArgumentException(
                    "invalid progress of an operation: id=" + id + " done=" + done + " total=" + total);
        }
    }

    /** Whether nothing more happens to it: done, failed or cancelled. */
    public boolean isOver() {
        return state.isOver();
    }

    /** One line per operation under a heading, columns aligned, in the order given, for people. Times are UTC, to the second. */
    public static String toTable(List<Operation> operations) {
        return OperationTable.render(operations);
    }
}
