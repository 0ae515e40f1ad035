package io.metastore.raft.internal.cluster;

import io.metastore.api.EpochBeginning;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.raft.internal.members.StoredJob;
import io.metastore.raft.internal.members.StoredOperation;
import io.metastore.snapshot.files.Genesis;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.RecordSource.RecordCursor;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster records of itself, in a table like any other but for its name, which no application can take: operations, jobs of members, which was accepted last, who was
 * taken out, addresses that were changed, whether elections are paused, how its epochs began. So it is replicated, fingerprinted and in every image.
 *
 * <p>Reads look at the state of this member and never block. A record is only replaced when it is as it was read, so that a leader of the past changes nothing.
 */
public final class ClusterTable {

    static final String NAME = "$cluster";
    private static final String SEQUENCE = "$operation";
    private static final String OPERATION = "operation/";
    private static final String JOB = "job/";
    private static final String ACCEPTED = "accepted";
    private static final String FORMER = "former/";
    private static final String ADDRESS = "address/";
    private static final String ELECTIONS = "elections";
    private static final String PAUSED = "paused";
    static final String LINEAGE = "lineage/";

    /** So many operations that are over are kept. */
    private static final int KEPT = 100;

    private final Ground ground;

    public ClusterTable(Ground ground) {
        this.ground = ground;
    }

    /** An operation and the version of its record. */
    record Versioned(StoredOperation operation, long version) {}

    /** All operations, newest first. */
    List<Versioned> operations() {
        List<Versioned> found = new ArrayList<>();
        scan(OPERATION, record -> found.add(new Versioned(StoredOperation.decode(record.value()), record.version())));
        return found;
    }

    /** Shows the records whose keys begin so, the last key first. */
    private void scan(String prefix, Consumer<StoredRecord> each) {
        try (StateView view = ground.state().view()) {
            TableRecord table = view.table(NAME);
            if (table == null) {
                return;
            }
            try (RecordCursor cursor = view.scan(table.id(), bytes(prefix), bytes(prefix + "~"), true)) {
                for (StoredRecord record = cursor.next(); record != null; record = cursor.next()) {
                    each.accept(record);
                }
            }
        }
    }

    /** Null when it is not known here. */
    @Nullable
    Versioned operation(long id) {
        StoredRecord record = record(key(id));
        return record == null ? null : new Versioned(StoredOperation.decode(record.value()), record.version());
    }

    /** Operations that are not over, oldest first. */
    List<Versioned> open() {
        List<Versioned> open = new ArrayList<>(operations());
        open.removeIf(each -> each.operation().info().isOver());
        java.util.Collections.reverse(open);
        return open;
    }

    /** A number for a new operation. */
    long nextId(Duration timeout) {
        return nextIds(1, timeout);
    }

    /** The first of so many numbers in a row. */
    private long nextIds(int count, Duration timeout) {
        return applied(List.of(), List.of(new JournalOp.NextIds(SEQUENCE, count)), timeout)
                .opResults()[0];
    }

    /**
     * Which operation was accepted last.
     *
     * @param version of the record that says so; 0 when there is none
     */
    record Acceptance(long version) {}

    Acceptance lastAcceptance() {
        StoredRecord record = record(bytes(ACCEPTED));
        return new Acceptance(record == null ? 0 : record.version());
    }

    /**
     * Records a new operation, and forgets the oldest that are over when there are many.
     *
     * @return false when another one was accepted since; nothing was recorded then
     */
    boolean accept(StoredOperation operation, Acceptance last, Duration timeout) {
        int table = table(timeout);
        byte[] accepted = bytes(ACCEPTED);
        JournalCheck isLast = last.version() == 0
                ? new JournalCheck.Absent(table, accepted)
                : new JournalCheck.HasVersion(table, accepted, last.version());
        List<JournalOp> ops = adding(table, operation);
        ops.add(new JournalOp.Put(
                table, accepted, 1, bytes("" + operation.info().id())));
        return ground.write(changes(List.of(isLast), ops), timeout) instanceof TransactionResult.Applied;
    }

    private List<JournalOp> adding(int table, StoredOperation operation) {
        List<JournalOp> ops = new ArrayList<>();
        ops.add(new JournalOp.Put(table, key(operation.info().id()), 1, operation.encode()));
        operations().stream()
                .map(each -> each.operation().info())
                .filter(Operation::isOver)
                .skip(KEPT)
                .forEach(over -> ops.add(new JournalOp.Remove(table, key(over.id()))));
        return ops;
    }

    /**
     * Replaces the record of an operation.
     *
     * @return false when it is not as it was read
     */
    boolean update(Versioned read, StoredOperation changed, Duration timeout) {
        int table = table(timeout);
        byte[] key = key(changed.info().id());
        List<JournalOp> ops = new ArrayList<>();
        ops.add(new JournalOp.Put(table, key, 1, changed.encode()));
        String former = changed.takenOut();
        if (!former.isEmpty()) {
            ops.add(new JournalOp.Put(
                    table, bytes(FORMER + former), 1, bytes("" + changed.info().id())));
            ops.add(new JournalOp.Remove(table, bytes(ADDRESS + former)));
        }
        TransactionResult result =
                ground.write(changes(List.of(new JournalCheck.HasVersion(table, key, read.version())), ops), timeout);
        return result instanceof TransactionResult.Applied;
    }

    /** Whether this incarnation was taken out for good. */
    boolean isFormer(String id) {
        return record(bytes(FORMER + id)) != null;
    }

    /**
     * Where a member listens as it recorded itself; null when it never moved.
     *
     * @param id of the incarnation: the next one of that name does not listen where this one did
     */
    public @Nullable String address(String id) {
        StoredRecord record = record(bytes(ADDRESS + id));
        return record == null ? null : text(record.value());
    }

    /**
     * Records where a member listens now, and the operation that brought it there.
     *
     * @return false when that is recorded already, or was meanwhile, by a write of before of which it was not known what had become; nothing was recorded then
     */
    boolean address(String id, String address, StoredOperation move, Duration timeout) {
        int table = table(timeout);
        byte[] key = bytes(ADDRESS + id);
        StoredRecord before = record(key);
        if (before != null && text(before.value()).equals(address)) {
            return false;
        }
        JournalCheck asRead = before == null
                ? new JournalCheck.Absent(table, key)
                : new JournalCheck.HasVersion(table, key, before.version());
        List<JournalOp> ops = adding(table, move);
        ops.add(new JournalOp.Put(table, key, 1, bytes(address)));
        return ground.write(changes(List.of(asRead), ops), timeout) instanceof TransactionResult.Applied;
    }

    /** Records an operation that is over already, and that kept nobody from anything. */
    void add(StoredOperation over, Duration timeout) {
        applied(List.of(), adding(table(timeout), over), timeout);
    }

    /** How the epochs began as far as this member has applied, the newest first. */
    List<EpochBeginning> lineage() {
        List<EpochBeginning> found = new ArrayList<>();
        scan(LINEAGE, record -> found.add(LineageRecord.decode(record.value())));
        return found;
    }

    /** The same with what else is recorded. */
    List<Beginning> beginnings() {
        List<Beginning> found = new ArrayList<>();
        scan(
                LINEAGE,
                record -> found.add(new Beginning(
                        LineageRecord.decode(record.value()),
                        LineageRecord.terms(record.value()),
                        LineageRecord.tipRevision(record.value()))));
        return found;
    }

    /** How an epoch began; empty when this member does not know. */
    Optional<EpochBeginning> beginning(long epoch) {
        return Optional.ofNullable(record(key(LINEAGE, epoch))).map(record -> LineageRecord.decode(record.value()));
    }

    /**
     * Records how an epoch began, once; ends the operations of the epoch before and a pause of elections.
     *
     * @param tipRevision number of the last revision that was taken over; -1 when that is not known
     * @return false when it is recorded already, or an operation was changed meanwhile; nothing was recorded then
     */
    boolean begin(Genesis genesis, long tipRevision, Instant now, Duration timeout) {
        int table = table(timeout);
        byte[] key = key(LINEAGE, genesis.epoch());
        List<JournalCheck> checks = new ArrayList<>();
        List<JournalOp> ops = new ArrayList<>();
        checks.add(new JournalCheck.Absent(table, key));
        ops.add(new JournalOp.BeginEpoch(genesis.epoch()));
        ops.add(new JournalOp.Put(table, key, 1, LineageRecord.encode(genesis, tipRevision)));
        ops.add(new JournalOp.Remove(table, bytes(ELECTIONS)));
        for (Versioned open : open()) {
            byte[] operation = key(open.operation().info().id());
            StoredOperation over = open.operation()
                    .over(OperationState.FAILED, now, "the cluster was recovered: epoch=" + genesis.epoch());
            checks.add(new JournalCheck.HasVersion(table, operation, open.version()));
            ops.add(new JournalOp.Put(table, operation, 1, over.encode()));
        }
        return ground.write(changes(checks, ops), timeout) instanceof TransactionResult.Applied;
    }

    /** Whether members are let in again with the beginning of an epoch, by operations that are not recorded yet. */
    boolean isReadmissionDue(long epoch) {
        StoredRecord record = record(key(LINEAGE, epoch));
        return record != null && !LineageRecord.readmissionsDue(record.value()).isEmpty();
    }

    /** Records those operations, once; nothing when there are none, or it was done meanwhile. In the epoch already, as their numbers are taken by a write of its own. */
    void beginReadmissions(long epoch, Instant now, Duration timeout) {
        int table = table(timeout);
        byte[] key = key(LINEAGE, epoch);
        StoredRecord record = record(key);
        List<Membership.Member> due = record == null ? List.of() : LineageRecord.readmissionsDue(record.value());
        if (record == null || due.isEmpty()) {
            return;
        }
        List<JournalOp> ops = new ArrayList<>();
        ops.add(new JournalOp.Put(table, key, 1, LineageRecord.readmissionsBegun(record.value())));
        long id = nextIds(due.size(), timeout);
        for (Membership.Member member : due) {
            StoredOperation operation = StoredOperation.readmission(id, member, now);
            ops.add(new JournalOp.Put(table, key(id++), 1, operation.encode()));
        }
        ground.write(changes(List.of(new JournalCheck.HasVersion(table, key, record.version())), ops), timeout);
    }

    /** A job and the version of its record. */
    record VersionedJob(StoredJob job, long version) {}

    /** All jobs, newest first, but those of a newer build that are not understood. */
    List<VersionedJob> jobs() {
        List<VersionedJob> found = new ArrayList<>();
        scan(JOB, record -> {
            StoredJob job = StoredJob.decode(record.value());
            if (job != null) {
                found.add(new VersionedJob(job, record.version()));
            }
        });
        return found;
    }

    /** Null when it is not known here. */
    @Nullable
    VersionedJob job(long id) {
        StoredRecord record = record(key(JOB, id));
        StoredJob job = record == null ? null : StoredJob.decode(record.value());
        return record == null || job == null ? null : new VersionedJob(job, record.version());
    }

    /** Records a new job, and forgets the oldest that are over when there are many. */
    void addJob(StoredJob job, Duration timeout) {
        int table = table(timeout);
        List<JournalOp> ops = new ArrayList<>();
        ops.add(new JournalOp.Put(table, key(JOB, job.info().id()), 1, job.encode()));
        jobs().stream()
                .map(each -> each.job().info())
                .filter(Operation::isOver)
                .skip(KEPT)
                .forEach(over -> ops.add(new JournalOp.Remove(table, key(JOB, over.id()))));
        applied(List.of(), ops, timeout);
    }

    /**
     * Replaces the record of a job.
     *
     * @return false when it is not as it was read
     */
    boolean updateJob(VersionedJob read, StoredJob changed, Duration timeout) {
        int table = table(timeout);
        byte[] key = key(JOB, changed.info().id());
        JournalCheck asRead = new JournalCheck.HasVersion(table, key, read.version());
        List<JournalOp> ops = List.of(new JournalOp.Put(table, key, 1, changed.encode()));
        return ground.write(changes(List.of(asRead), ops), timeout) instanceof TransactionResult.Applied;
    }

    /** Whether a change is one that recording a job makes. */
    static boolean isOfJobs(JournalOp op, int table) {
        if (op instanceof JournalOp.Put put) {
            return put.table() == table && text(put.key()).startsWith(JOB);
        } else if (op instanceof JournalOp.Remove remove) {
            return remove.table() == table && text(remove.key()).startsWith(JOB);
        } else if (op instanceof JournalOp.RegisterTable register) {
            return register.table().name().equals(NAME);
        }
        return op instanceof JournalOp.NextIds ids && ids.sequence().equals(SEQUENCE);
    }

    /** Whether members must not stand for election. */
    public boolean electionsPaused() {
        StoredRecord record = record(bytes(ELECTIONS));
        return record != null && text(record.value()).equals(PAUSED);
    }

    void electionsPaused(boolean paused, Duration timeout) {
        int table = table(timeout);
        byte[] key = bytes(ELECTIONS);
        JournalOp op = paused ? new JournalOp.Put(table, key, 1, bytes(PAUSED)) : new JournalOp.Remove(table, key);
        applied(List.of(), List.of(op), timeout);
    }

    private @Nullable StoredRecord record(byte[] key) {
        TableRecord table = ground.state().table(NAME);
        return table == null ? null : ground.state().get(table.id(), key);
    }

    /** The table's number; registers it when this is the first record. */
    private int table(Duration timeout) {
        TableRecord table = ground.state().table(NAME);
        if (table != null) {
            return table.id();
        }
        TableRecord definition = new TableRecord(0, NAME, "utf8", "bytes", 1);
        return Math.toIntExact(applied(List.of(), List.of(new JournalOp.RegisterTable(definition)), timeout)
                .opResults()[0]);
    }

    private TransactionResult.Applied applied(List<JournalCheck> checks, List<JournalOp> ops, Duration timeout) {
        TransactionResult result = ground.write(changes(checks, ops), timeout);
        if (result instanceof TransactionResult.Applied applied) {
            return applied;
        }
        throw new IllegalStateException("a record of the cluster was refused: result=" + result);
    }

    private static JournalTransaction changes(List<JournalCheck> checks, List<JournalOp> ops) {
        return new JournalTransaction.Changes(-1, checks, ops, List.of());
    }

    /** Sorts as the numbers do. */
    private static byte[] key(long id) {
        return key(OPERATION, id);
    }

    private static byte[] key(String kind, long id) {
        return bytes(kind + String.format("%016x", id));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
