package io.metastore.raft.internal.cluster;

import io.metastore.api.EpochBeginning;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.cluster.ClusterTable.Acceptance;
import io.metastore.raft.internal.cluster.ClusterTable.Versioned;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.Refusal;
import io.metastore.raft.internal.members.Requests;
import io.metastore.raft.internal.members.Roster;
import io.metastore.raft.internal.members.StoredOperation;
import io.metastore.raft.internal.members.StoredOperation.Phase;
import io.metastore.snapshot.files.EpochEnd;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Checks and records what is asked for, on the thread that asks. What happens then is the leader's {@link OperationRunner}'s. */
public final class Operations {

    private static final int CANCEL_TRIES = 10;

    private final Ground ground;
    private final ClusterTable table;
    private final EpochStart epoch;

    public Operations(Ground ground, ClusterTable table, EpochStart epoch) {
        this.epoch = epoch;
        this.ground = ground;
        this.table = table;
    }

    /**
     * What is asked for.
     *
     * @param requestedBy empty for this member
     * @param why in words; empty when somebody asked
     */
    record Request(
            OperationType type,
            String target,
            String address,
            String member,
            boolean votes,
            boolean force,
            String requestedBy,
            String why) {

        Request(OperationType type, String target, String address, String member, boolean votes, boolean force) {
            this(type, target, address, member, votes, force, "", "");
        }

        static Request of(OperationType type, String target) {
            return new Request(type, target, "", "", false, false);
        }

        Request by(String who, String reason) {
            return new Request(type, target, address, member, votes, force, who, reason);
        }
    }

    /**
     * Checks a request and records it, when nobody's was accepted since the check began: of two that are asked for at the same instant, of different members, the
     * second is checked again and finds the first.
     *
     * @return its number; that of the one that is there when a member is to be added that is being added so, or was, because it was started first for example
     * @throws MembershipRefusedException it may not begin; nothing was recorded
     * @throws io.metastore.api.MetastoreException it could not be recorded
     */
    long begin(Request request, Duration timeout) {
        checkMember();
        long started = System.nanoTime();
        Supplier<Duration> left = () -> timeout.minusNanos(System.nanoTime() - started);
        epoch.await(left.get());
        while (true) {
            catchUp(left.get());
            Acceptance last = table.lastAcceptance(); // Before what is open is looked at.
            Roster roster = ground.freshRoster();
            StoredOperation same = sameAddition(request, roster);
            if (same != null) {
                return same.info().id();
            }
            StoredOperation asked = operation(1, request, roster.configuration());
            Refusal refusal = Requests.check(asked, roster, underWay());
            if (refusal != null) {
                throw refusal.asException();
            }
            long id = table.nextId(left.get());
            if (table.accept(operation(id, request, roster.configuration()), last, left.get())) {
                return id;
            }
        }
    }

    /** The addition of the very member that somebody asks for, under way or done, while the member is what it was to become and answers. */
    private @Nullable StoredOperation sameAddition(Request request, Roster roster) {
        boolean adds = request.type() == OperationType.ADD_VOTER || request.type() == OperationType.ADD_OBSERVER;
        if (!adds || !request.member().isEmpty()) {
            return null; // A member that asks for itself is told why not.
        }
        return table.operations().stream()
                .map(Versioned::operation)
                .filter(known -> known.type() == request.type()
                        && known.info().target().equals(request.target())
                        && known.address().equals(request.address()))
                .filter(known -> known.info().isOver() ? holds(known, roster) : known.phase() != Phase.BACK)
                .findFirst()
                .orElse(null);
    }

    private static boolean holds(StoredOperation addition, Roster roster) {
        GroupMember now = roster.configuration().withId(addition.member());
        return addition.info().state() == OperationState.DONE
                && now != null
                && now.voter() == addition.votes()
                && roster.address(now).equals(addition.address())
                && roster.isAlive(now);
    }

    /** So that an operation that is over elsewhere is over here. Without a leader the check that follows says so. */
    private void catchUp(Duration timeout) {
        try {
            ground.catchUp(timeout);
        } catch (UnavailableException e) {
            if (ground.roster().leader() != null) {
                throw e;
            }
        }
    }

    private void checkMember() {
        Engine engine = ground.engine();
        if (engine == null || engine.configuration().withName(ground.self()) == null) {
            throw new MembershipRefusedException(
                    Reason.NOT_A_MEMBER,
                    "this member is none of the cluster's: member=" + ground.self()
                            + "; ask another one, or wait until it has been taken in");
        }
    }

    private StoredOperation operation(long id, Request request, GroupConfiguration group) {
        GroupMember known = group.withName(request.target());
        boolean replaces = request.type() == OperationType.REPLACE;
        String member = !request.member().isEmpty() || replaces || known == null ? request.member() : known.id();
        String old = replaces && known != null ? known.id() : "";
        boolean votes =
                switch (request.type()) {
                    case ADD_VOTER, PROMOTE -> true;
                    case REPLACE -> known != null && known.voter();
                    default -> request.votes();
                };
        Operation info = new Operation(
                id,
                request.type(),
                request.target(),
                request.requestedBy().isEmpty() ? ground.self() : request.requestedBy(),
                OperationState.PENDING,
                request.why().isEmpty() ? "accepted" : "accepted: " + request.why(),
                ground.now(),
                null,
                null,
                0,
                -1);
        return new StoredOperation(
                info,
                request.address(),
                member,
                old,
                votes,
                request.force(),
                known != null && !replaces,
                Phase.OPEN,
                "");
    }

    /** One that waits for a process to be started keeps nobody from anything else. */
    private List<StoredOperation> underWay() {
        return table.open().stream()
                .map(Versioned::operation)
                .filter(operation -> !operation.waitsForStart())
                .toList();
    }

    /** Operations as this member knows them, newest first. */
    List<Operation> list() {
        return table.operations().stream().map(each -> each.operation().info()).toList();
    }

    /** How the epochs began, newest first. */
    List<EpochBeginning> lineage() {
        return table.lineage();
    }

    /** Where the epochs before ended. */
    public List<EpochEnd> ends() {
        return table.beginnings().stream().map(Beginning::end).toList();
    }

    @Nullable
    Operation find(long id) {
        Versioned found = table.operation(id);
        return found == null ? null : found.operation().info();
    }

    /** Takes an operation back and waits until that is done. */
    void cancel(long id, Duration timeout) {
        for (int tries = 0; tries < CANCEL_TRIES; tries++) {
            Versioned open = table.operation(id);
            if (open == null
                    || open.operation().info().isOver()
                    || open.operation().phase() == Phase.LAST) {
                throw new MembershipRefusedException(
                        Reason.CANNOT_CANCEL,
                        "the operation cannot be taken back: id=" + id + " "
                                + (open == null
                                        ? "not known"
                                        : describe(open.operation().info())));
            }
            if (open.operation().phase() == Phase.BACK || table.update(open, takenBack(open.operation()), timeout)) {
                awaitEnd(id, timeout);
                return;
            }
        }
        throw new MembershipRefusedException(
                Reason.CANNOT_CANCEL, "the operation moves on too fast to be taken back: id=" + id + "; ask again");
    }

    /** One that waits for a member to start is over at once; any other goes back step by step, which the leader does. */
    private StoredOperation takenBack(StoredOperation operation) {
        return operation.waitsForStart()
                ? operation.over(OperationState.CANCELLED, ground.now(), null)
                : operation
                        .in(Phase.BACK)
                        .running(
                                "taking it back",
                                operation.info().done(),
                                operation.info().total());
    }

    /** False when it is not over by then. */
    boolean awaitEnd(long id, Duration timeout) {
        return ground.await(
                () -> {
                    Operation now = find(id);
                    return now == null || now.isOver();
                },
                timeout);
    }

    static String describe(Operation operation) {
        return "type=" + operation.type() + " target=" + operation.target() + " state=" + operation.state() + " step='"
                + operation.step() + "'";
    }

    /**
     * Waits until the operations are there that begin with the epoch.
     *
     * @throws UnavailableException not within the time
     */
    void awaitEpoch(Duration timeout) {
        epoch.await(timeout);
    }

    /** An operation that lets the member in or waits for it, with what it is to become; null when there is none. */
    @Nullable
    Versioned waitingFor(String member) {
        for (Versioned open : table.open()) {
            OperationType type = open.operation().type();
            boolean letsIn = type == OperationType.ADD_VOTER
                    || type == OperationType.ADD_OBSERVER
                    || type == OperationType.REPLACE;
            if (letsIn
                    && open.operation().info().target().equals(member)
                    && open.operation().phase() != Phase.BACK) {
                return open;
            }
        }
        return null;
    }

    /** Whether this incarnation was taken out for good. */
    boolean isFormer(String id) {
        return table.isFormer(id);
    }

    /** Says which incarnation came; false when the record has changed meanwhile. */
    boolean came(Versioned waiting, String id, String address, Duration timeout) {
        return table.update(waiting, waiting.operation().withMember(id, address), timeout);
    }
}
