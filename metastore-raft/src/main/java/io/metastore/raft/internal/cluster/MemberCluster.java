package io.metastore.raft.internal.cluster;

import io.metastore.api.Cluster;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.Elections;
import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.KeptBranch;
import io.metastore.api.MemberAddress;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.Operation;
import io.metastore.api.OperationFailedException;
import io.metastore.api.OperationState;
import io.metastore.api.OperationType;
import io.metastore.api.PendingOperation;
import io.metastore.api.Revision;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.raft.internal.cluster.Operations.Request;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The cluster as one member offers it to the application. */
public final class MemberCluster implements Cluster {

    /** What is not recorded yet is the newest, and counts downwards. */
    private static final Comparator<Operation> NEWEST_FIRST = Comparator.comparing((Operation each) -> each.id() > 0)
            .thenComparing(each -> each.id() > 0 ? -each.id() : each.id());

    private final Ground ground;
    private final Operations operations;
    private final MemberJobs jobs;
    private final Supplier<StoreStatus> status;
    private final Elections elections;
    private final AddressChange addressChange;
    private final AddressRecord addressRecord;
    private final Fates fates;
    private final Supplier<List<KeptBranch>> branches;

    /** Moves this member to another address. */
    @FunctionalInterface
    public interface AddressChange {
        /** Returns when it listens there. */
        void to(String address);
    }

    /** @param branches what recoveries left behind, as far as is known without asking */
    public MemberCluster(
            Ground ground,
            Operations operations,
            MemberJobs jobs,
            Supplier<StoreStatus> status,
            Elections elections,
            AddressChange addressChange,
            AddressRecord addressRecord,
            Fates fates,
            Supplier<List<KeptBranch>> branches) {
        this.ground = ground;
        this.operations = operations;
        this.jobs = jobs;
        this.status = status;
        this.elections = elections;
        this.addressChange = addressChange;
        this.addressRecord = addressRecord;
        this.fates = fates;
        this.branches = branches;
    }

    @Override
    public List<MemberStatus> members() {
        ground.enter("members");
        return status.get().members();
    }

    @Override
    public int failureTolerance() {
        ground.enter("failureTolerance");
        return status.get().failureTolerance();
    }

    @Override
    public PendingOperation addVoter(String name, String address) {
        return add(OperationType.ADD_VOTER, new MemberAddress(name, address, false));
    }

    @Override
    public PendingOperation addObserver(String name, String address) {
        return add(OperationType.ADD_OBSERVER, new MemberAddress(name, address, true));
    }

    private PendingOperation add(OperationType type, MemberAddress member) {
        return begin(new Request(type, member.name(), member.address(), "", !member.observer(), false));
    }

    @Override
    public PendingOperation promote(String name) {
        return begin(Request.of(OperationType.PROMOTE, name));
    }

    @Override
    public PendingOperation demote(String name) {
        return begin(Request.of(OperationType.DEMOTE, name));
    }

    @Override
    public PendingOperation remove(String name) {
        return begin(Request.of(OperationType.REMOVE, name));
    }

    @Override
    public PendingOperation forceRemove(String name) {
        return begin(new Request(OperationType.REMOVE, name, "", "", false, true));
    }

    @Override
    public PendingOperation replace(String name) {
        return begin(Request.of(OperationType.REPLACE, name));
    }

    @Override
    public PendingOperation transferLeadership(String name) {
        return begin(Request.of(OperationType.TRANSFER_LEADERSHIP, name));
    }

    @Override
    public PendingOperation stepDown() {
        String leader = ground.roster().leader();
        if (leader == null) {
            throw new MembershipRefusedException(
                    Reason.NO_LEADER, "nobody leads who could step down: member=" + ground.self());
        }
        return begin(Request.of(OperationType.STEP_DOWN, leader));
    }

    @Override
    public PendingOperation leave() {
        return begin(Request.of(OperationType.LEAVE, ground.self()));
    }

    @Override
    public PendingOperation changeAddress(String address) {
        ground.enter("changeAddress");
        MemberAddress moved = new MemberAddress(ground.self(), address, false);
        return new Ended(addressRecord.moving(moved.address(), () -> addressChange.to(moved.address())));
    }

    private PendingOperation begin(Request request) {
        ground.enter("cluster");
        return new Handle(operations.begin(request, ground.timeout()));
    }

    @Override
    public Elections elections() {
        return elections;
    }

    @Override
    public List<Operation> operations() {
        return Stream.concat(jobs.list().stream(), operations.list().stream())
                .sorted(NEWEST_FIRST)
                .toList();
    }

    @Override
    public List<EpochBeginning> lineage() {
        List<KeptBranch> left = branches.get();
        return operations.lineage().stream()
                .map(beginning -> beginning.withBranches(left.stream()
                        .filter(branch -> isLeftBehind(branch, beginning))
                        .toList()))
                .toList();
    }

    /** What an epoch had that was taken back was left behind by no beginning: it is none of the history. */
    private static boolean isLeftBehind(KeptBranch branch, EpochBeginning beginning) {
        return branch.kind() != KeptBranch.Kind.TAKEN_BACK
                && branch.epoch() == beginning.previous()
                && branch.recovery().equals(beginning.recovery());
    }

    @Override
    public Fate fateOf(Revision receipt) {
        return fates.of(receipt);
    }

    /** Number of the last revision that this recovery's epoch took over; empty when it is not part of the history, not applied here, or that was not noted. */
    public OptionalLong tipRevision(UUID recovery) {
        return fates.table().beginnings().stream()
                .filter(each -> each.epoch().recovery().equals(recovery))
                .mapToLong(Beginning::tipRevision)
                .filter(each -> each >= 0)
                .findFirst();
    }

    @Override
    public Optional<Operation> operation(long id) {
        Operation found = id < 0 ? null : operations.find(id);
        return Optional.ofNullable(found != null ? found : jobs.find(id));
    }

    @Override
    public void cancel(long id) {
        ground.enter("cancel");
        Operation job = jobs.find(id);
        if (job != null) {
            jobs.cancel(job, ground.timeout());
        } else {
            operations.cancel(id, ground.timeout());
        }
    }

    /** An operation in the cluster's records. */
    private final class Handle implements PendingOperation {

        private final long id;
        private volatile Operation last;

        Handle(long id) {
            this.id = id;
            Operation known = operations.find(id);
            if (known == null) {
                throw new IllegalStateException("an operation was recorded and is not there: id=" + id);
            }
            this.last = known;
        }

        @Override
        public long id() {
            return id;
        }

        /** When its record was forgotten meanwhile, as it was last seen. */
        @Override
        public Operation now() {
            Operation known = last.isOver() ? null : operations.find(id);
            if (known != null) {
                last = known;
            }
            if (!last.isOver() && hasTakenThisOut()) {
                last = ended(last); // Nobody tells it any more how that was recorded.
            }
            return last;
        }

        @Override
        public Operation await(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout must be positive: timeout=" + timeout);
            }
            ground.enter("await");
            boolean over;
            try {
                over = operations.awaitEnd(id, timeout);
            } catch (StoreFailedException e) {
                if (!now().isOver()) {
                    throw e;
                }
                over = true;
            }
            Operation now = now();
            if (!over) {
                throw new DeadlineExceededException("the operation goes on: id=" + id + " " + Operations.describe(now)
                        + " timeout=" + timeout + "; wait again, or cancel it");
            }
            if (now.state() != OperationState.DONE) {
                throw new OperationFailedException(now);
            }
            return now;
        }

        private boolean hasTakenThisOut() {
            boolean takesOut = last.type() == OperationType.LEAVE || last.type() == OperationType.REMOVE;
            return takesOut
                    && last.target().equals(ground.self())
                    && status.get().state() == StoreState.REMOVED;
        }

        private Operation ended(Operation begun) {
            return new Operation(
                    begun.id(),
                    begun.type(),
                    begun.target(),
                    begun.requestedBy(),
                    OperationState.DONE,
                    "done",
                    begun.started(),
                    ground.now(),
                    null,
                    begun.done(),
                    begun.total());
        }

        @Override
        public void cancel() {
            MemberCluster.this.cancel(id);
        }
    }

    /** One that is over when it is handed out. */
    private record Ended(Operation now) implements PendingOperation {

        @Override
        public long id() {
            return now.id();
        }

        @Override
        public Operation await(Duration timeout) {
            return now;
        }

        @Override
        public void cancel() {
            throw new MembershipRefusedException(
                    Reason.CANNOT_CANCEL, "the operation is over: id=" + now.id() + " " + Operations.describe(now));
        }
    }
}
