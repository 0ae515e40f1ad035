package io.metastore.raft.internal.members;

import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job of a member, as the cluster has recorded it.
 *
 * @param info what everybody sees; its target is the member whose job it is
 * @param process in which it runs: it ends with it
 * @param unwanted whether somebody has cancelled it, which its member has to find
 */
public record StoredJob(Operation info, String process, boolean unwanted) {

    /** The same, cancelled by somebody. */
    public StoredJob asUnwanted() {
        return new StoredJob(info, process, true);
    }

    /** The same as it is now. */
    public StoredJob now(Operation changed) {
        return new StoredJob(changed, process, unwanted);
    }

    /** The same, ended by somebody else because its member does not tell any more. */
    public StoredJob failed(Instant ended, String error) {
        return now(ended(info, OperationState.FAILED, ended, error));
    }

    /** An operation at its end. */
    public static Operation ended(Operation info, OperationState state, Instant ended, @Nullable String error) {
        boolean done = state == OperationState.DONE;
        return new Operation(
                info.id(),
                info.type(),
                info.target(),
                info.requestedBy(),
                state,
                done ? "done" : info.step(),
                info.started(),
                ended,
                error,
                done ? Math.max(info.done(), info.total()) : info.done(),
                info.total());
    }

    /** The same operation under the number of its record. */
    public static Operation numbered(Operation info, long id) {
        return new Operation(
                id,
                info.type(),
                info.target(),
                info.requestedBy(),
                info.state(),
                info.step(),
                info.started(),
                info.ended(),
                info.error(),
                info.done(),
                info.total());
    }

    /** As a value of the cluster's table. */
    public byte[] encode() {
        return OperationFacts.of(info)
                .with("process", process)
                .with("unwanted", unwanted)
                .encode();
    }

    /** The inverse of {@link #encode}; null for one of a newer build that this one does not know. */
    public static @Nullable StoredJob decode(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        try {
            return new StoredJob(OperationFacts.operation(facts), facts.text("process"), facts.flag("unwanted"));
        } catch (IllegalArgumentException | java.time.DateTimeException e) {
            return null;
        }
    }
}
