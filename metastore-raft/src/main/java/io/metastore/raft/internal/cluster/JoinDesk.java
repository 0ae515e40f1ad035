package io.metastore.raft.internal.cluster;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.MetastoreException;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.cluster.ClusterTable.Versioned;
import io.metastore.raft.internal.cluster.Operations.Request;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.members.JoinAnswer;
import io.metastore.raft.internal.members.JoinRequest;
import io.metastore.raft.internal.members.StoredOperation;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Answers members that want to come in. Who has the cluster's token may ask; what it is to become says the operation that waits for it, or else the
 * member itself. Asking again changes nothing. Waits for the journal, so not on a thread of the network.
 */
public final class JoinDesk {

    private static final Duration RECORD_MAX = Duration.ofSeconds(3);

    private final Ground ground;
    private final Operations operations;
    private final UUID cluster;
    private final String tokenDigest;
    private final long epoch;
    private final UnaryOperator<GroupMember> located;

    /** @param located a member with the address at which it listens now */
    public JoinDesk(
            Ground ground,
            Operations operations,
            UUID cluster,
            String tokenDigest,
            long epoch,
            UnaryOperator<GroupMember> located) {
        this.ground = ground;
        this.operations = operations;
        this.cluster = cluster;
        this.tokenDigest = tokenDigest;
        this.epoch = epoch;
        this.located = located;
    }

    /** Lets a member in, or says why not. Never throws for what the member is to be told. */
    public JoinAnswer answer(JoinRequest request) {
        try {
            checkBelongs(request);
            letIn(request);
            Engine engine = ground.engine();
            List<GroupMember> members = engine == null
                    ? List.of()
                    : engine.configuration().members().stream().map(located).toList();
            return JoinAnswer.accepted(cluster, epoch, members, operations.ends());
        } catch (MembershipRefusedException e) {
            return JoinAnswer.refused(e.reason(), String.valueOf(e.getMessage()));
        } catch (MetastoreException e) {
            return JoinAnswer.refused(Reason.NO_LEADER, "nothing could be recorded: " + e.getMessage());
        }
    }

    private void checkBelongs(JoinRequest request) {
        if (!request.tokenDigest().equals(tokenDigest)) {
            throw new MembershipRefusedException(
                    Reason.WRONG_TOKEN,
                    "the member has another cluster token: member="
                            + request.id().name() + "; give it the same clusterToken(..) as the others");
        }
        if (!request.cluster().isEmpty() && !request.cluster().equals(cluster.toString())) {
            throw new MembershipRefusedException(
                    Reason.OTHER_CLUSTER,
                    "the member has data of another cluster: member="
                            + request.id().name() + " has=" + request.cluster() + " here=" + cluster
                            + "; give it an empty directory");
        }
    }

    /** One that was left behind is of no use to those that were too; and who may come back by the plan of a recovery may do so after that one alone. */
    private void checkHistory(JoinRequest request) {
        if (request.left() >= epoch) {
            throw new MembershipRefusedException(
                    Reason.NOT_A_MEMBER,
                    "the member asked is of an epoch in which the one that asks takes no part any more: epoch=" + epoch
                            + " left=" + request.left() + "; ask one of those that went on");
        }
        boolean known = request.recovery().stream().allMatch(by -> operations.lineage().stream()
                .anyMatch(beginning -> beginning.recovery().equals(by)));
        if (!known) {
            throw new MembershipRefusedException(
                    Reason.NOT_A_MEMBER,
                    "the plan by which the member may come back is none of this history: recovery="
                            + request.recovery().orElseThrow() + " epoch=" + epoch
                            + "; ask one of those that it was for, or open the member with rejoin()");
        }
    }

    /** Lets the operation that waits for the name go on with this incarnation, unless another one may have come before it. */
    private void come(Versioned waiting, JoinRequest request, @Nullable GroupMember inGroup) {
        String id = request.id().text();
        StoredOperation operation = waiting.operation();
        boolean sameAddress = operation.address().equals(request.address());
        if (operation.member().equals(id) && sameAddress) {
            return;
        }
        boolean inGroupAlready = inGroup != null && !inGroup.id().equals(operation.old());
        // Two processes cannot listen at one address, so the one that came before from there has lost its directory.
        boolean mayBeTwo = !operation.member().isEmpty() && !operation.member().equals(id) && !sameAddress;
        if (inGroupAlready || mayBeTwo) {
            throw new MembershipRefusedException(
                    Reason.CHANGE_IN_PROGRESS,
                    "another incarnation of the member is being taken in: member=" + operation.member() + " address="
                            + operation.address() + " operation="
                            + operation.info().id()
                            + "; stop one of the two, or cancel the operation when the other one is gone for good");
        }
        if (!operations.came(waiting, id, request.address(), RECORD_MAX)) {
            throw new MembershipRefusedException(
                    Reason.CHANGE_IN_PROGRESS, "the operation that waits for the member has moved on: member=" + id);
        }
    }

    private void letIn(JoinRequest request) {
        Engine engine = ground.engine();
        if (engine == null) {
            throw new MembershipRefusedException(
                    Reason.NOT_A_MEMBER, "the member asked is not ready: member=" + ground.self());
        }
        operations.awaitEpoch(RECORD_MAX); // Whoever comes back by the plan of a recovery is waited for since then.
        ground.catchUp(RECORD_MAX); // What was asked for a moment ago, of another member, decides.
        checkHistory(request);
        String name = request.id().name();
        String id = request.id().text();
        GroupConfiguration group = engine.configuration();
        if (group.withId(id) != null) {
            return;
        }
        if (operations.isFormer(id)) {
            throw new MembershipRefusedException(
                    JoinAnswer.FORMER,
                    "this incarnation of the member was taken out for good: member=" + id
                            + "; to come back, delete its directory and join again");
        }
        Versioned waiting = operations.waitingFor(name);
        if (waiting != null) {
            come(waiting, request, group.withName(name));
            return;
        }
        if (request.recovery().isPresent()) {
            throw new MembershipRefusedException(
                    JoinAnswer.FORMER,
                    "nobody waits any more for the member that may come back by the plan of a recovery: member=" + name
                            + " recovery=" + request.recovery().get()
                            + "; its operation was cancelled or failed, another directory of it has come, or another recovery came between; open it with rejoin(), or with an empty directory");
        }
        GroupMember former = group.withName(name);
        OperationType type = former != null && request.takesPlace()
                ? OperationType.REPLACE
                : request.votes() ? OperationType.ADD_VOTER : OperationType.ADD_OBSERVER;
        operations.begin(new Request(type, name, request.address(), id, request.votes(), false), RECORD_MAX);
    }
}
