package io.metastore.raft.internal.members;

import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation with what any leader needs to carry it out.
 *
 * @param info what everybody sees
 * @param address where a member that is added listens; empty for the others
 * @param member id in the group of the member that is added, promoted, demoted or removed, or that takes another's place; empty while it has not told
 * @param old id of the member whose place is taken; empty for the others
 * @param votes whether the member is to have a vote in the end
 * @param force whether checks that protect availability are skipped
 * @param known whether the member was in the group when the operation began, so that taking the operation back must not remove it
 * @param phase whether it can still be taken back
 * @param failure why it is taken back although nobody asked for that; empty when somebody did
 */
public record StoredOperation(
        Operation info,
        String address,
        String member,
        String old,
        boolean votes,
        boolean force,
        boolean known,
        Phase phase,
        String failure) {

    /** Who asked for what begins with an epoch. */
    private static final String RECOVERY = "recovery";

    /** Whether an operation can be taken back. */
    public enum Phase {
        /** It can. */
        OPEN,
        /** Its last change of the group may be in the journal. */
        LAST,
        /** It is being taken back. */
        BACK
    }

    public StoredOperation {
        Objects.requireNonNull(info, "info");
    }

    /**
     * Lets a member of the epoch before in again as soon as it is there, whichever incarnation it is by then. Begins with the epoch.
     *
     * @param member what it becomes again, and where it listened
     */
    public static StoredOperation readmission(long id, Membership.Member member, Instant now) {
        boolean votes = member.role() == MemberRole.VOTER;
        Operation info = new Operation(
                id,
                votes ? OperationType.ADD_VOTER : OperationType.ADD_OBSERVER,
                member.name(),
                RECOVERY,
                OperationState.PENDING,
                "accepted: the plan of the recovery lets it in again",
                now,
                null,
                null,
                0,
                -1);
        return new StoredOperation(info, member.address(), "", "", votes, false, false, Phase.OPEN, "");
    }

    /** Whether it is one of {@link #readmission}. */
    public boolean isReadmission() {
        return info.requestedBy().equals(RECOVERY);
    }

    public OperationType type() {
        return info.type();
    }

    /** The same for another incarnation that came forward. */
    public StoredOperation withMember(String id, String newAddress) {
        return new StoredOperation(info, newAddress, id, old, votes, force, known, phase, failure);
    }

    /** The same, to be taken back because it cannot come to its end. */
    public StoredOperation failing(String why) {
        return new StoredOperation(info, address, member, old, votes, force, known, Phase.BACK, why)
                .running("taking it back: " + why, info.done(), info.total());
    }

    /** The incarnation that is out of the cluster for good now that this is over; empty when there is none. */
    public String takenOut() {
        if (!info.isOver()) {
            return "";
        }
        return switch (type()) {
            case REMOVE, LEAVE -> info.state() == OperationState.DONE ? member : "";
            case REPLACE -> info.state() == OperationState.DONE ? old : phase == Phase.BACK ? member : "";
            case ADD_VOTER, ADD_OBSERVER -> phase == Phase.BACK && !known ? member : "";
            case PROMOTE,
                    DEMOTE,
                    TRANSFER_LEADERSHIP,
                    STEP_DOWN,
                    CHANGE_ADDRESS,
                    CHECKPOINT,
                    REPLACE_IMAGE,
                    VERIFY,
                    EXPORT,
                    DUMP,
                    AUDIT -> "";
        };
    }

    /** The same in another phase. */
    public StoredOperation in(Phase newPhase) {
        return new StoredOperation(info, address, member, old, votes, force, known, newPhase, failure);
    }

    /** Whether it waits for a member to start. */
    public boolean waitsForStart() {
        return member.isEmpty()
                && (type() == OperationType.ADD_VOTER
                        || type() == OperationType.ADD_OBSERVER
                        || type() == OperationType.REPLACE);
    }

    /** The same, still waiting for its first step. */
    public StoredOperation pending(String step) {
        return with(OperationState.PENDING, step, null, null, 0, -1);
    }

    /** The same one step further. */
    public StoredOperation running(String step, long done, long total) {
        return with(OperationState.RUNNING, step, null, null, done, total);
    }

    /** The same at its end. */
    public StoredOperation over(OperationState state, Instant ended, @Nullable String error) {
        String step = state == OperationState.DONE ? "done" : info.step();
        long done = state == OperationState.DONE ? Math.max(info.done(), info.total()) : info.done();
        return with(state, step, ended, error, Math.max(0, done), info.total());
    }

    private StoredOperation with(
            OperationState state, String step, @Nullable Instant ended, @Nullable String error, long done, long total) {
        Operation changed = new Operation(
                info.id(),
                info.type(),
                info.target(),
                info.requestedBy(),
                state,
                step,
                info.started(),
                ended,
                error,
                done,
                total);
        return new StoredOperation(changed, address, member, old, votes, force, known, phase, failure);
    }

    /** As a value of the operations' table. */
    public byte[] encode() {
        return OperationFacts.of(info)
                .with("address", address)
                .with("member", member)
                .with("old", old)
                .with("votes", votes)
                .with("force", force)
                .with("known", known)
                .with("phase", phase)
                .with("failure", failure)
                .encode();
    }

    /**
     * The inverse of {@link #encode}.
     *
     * @throws IllegalArgumentException a newer build wrote something that this one does not know
     */
    public static StoredOperation decode(byte[] bytes) {
        MemberFacts facts = MemberFacts.decode(bytes);
        return new StoredOperation(
                OperationFacts.operation(facts),
                facts.text("address"),
                facts.text("member"),
                facts.text("old"),
                facts.flag("votes"),
                facts.flag("force"),
                facts.flag("known"),
                Phase.valueOf(facts.text("phase")),
                facts.text("failure"));
    }
}
