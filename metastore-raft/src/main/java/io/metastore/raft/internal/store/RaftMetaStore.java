package io.metastore.raft.internal.store;

import io.metastore.api.AsyncMetaStore;
import io.metastore.api.Batch;
import io.metastore.api.BatchResult;
import io.metastore.api.Checkpoints;
import io.metastore.api.Cluster;
import io.metastore.api.CommandType;
import io.metastore.api.Committed;
import io.metastore.api.DeadlineExceededException;
import io.metastore.api.Health;
import io.metastore.api.Ids;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Snapshot;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreStatus;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.Transaction;
import io.metastore.api.UnknownCommandException;
import io.metastore.raft.internal.node.CurrentNode;
import io.metastore.raft.internal.node.Deadline;
import io.metastore.raft.internal.node.Node;
import io.metastore.raft.internal.node.Written;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.StateView;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The store over one node, with the deadline of its calls. */
public final class RaftMetaStore implements MetaStore {

    private final CurrentNode current;
    private final Tables tables;
    private final Duration timeout;
    private final boolean repeatClosures;
    private final AsyncStore async;

    /** @param repeatClosures whether each transaction body runs in vain first, see {@link ClosureRunner} */
    public RaftMetaStore(CurrentNode current, boolean repeatClosures) {
        this(current, new Tables(current), current.get().timeouts().call(), repeatClosures);
    }

    private RaftMetaStore(CurrentNode current, Tables tables, Duration timeout, boolean repeatClosures) {
        this.current = current;
        this.tables = tables;
        this.timeout = timeout;
        this.repeatClosures = repeatClosures;
        this.async = new AsyncStore(this);
    }

    /** As it is now: a recovery puts another in its place. */
    public Node node() {
        return current.get();
    }

    public CurrentNode current() {
        return current;
    }

    @Override
    public <K, V> Table<K, V> table(TableDef<K, V> table) {
        enter("table");
        tables.id(table, deadline());
        return new StoreTable<>(this, table, ReadMode.linearizable());
    }

    @Override
    public Revision update(Consumer<Transaction> body) {
        return compute(tx -> {
                    body.accept(tx);
                    return Boolean.TRUE;
                })
                .revision();
    }

    @Override
    public <R extends @Nullable Object> Committed<R> compute(Function<Transaction, R> body) {
        enter("compute");
        return new ClosureRunner(node(), tables, repeatClosures).run(body, deadline());
    }

    @Override
    public BatchResult apply(Batch batch) {
        enter("apply");
        Deadline deadline = deadline();
        return write(writes(deadline).batch(batch), deadline);
    }

    @Override
    public <C, R> R execute(CommandType<C, R> type, C argument) {
        return executeCommitted(type, argument).value();
    }

    @Override
    public <C, R> Committed<R> executeCommitted(CommandType<C, R> type, C argument) {
        enter("execute");
        checkKnown(type);
        Deadline deadline = deadline();
        return write(writes(deadline).command(type, argument), deadline);
    }

    void checkKnown(CommandType<?, ?> type) {
        if (!node().knows(type)) {
            throw new UnknownCommandException("command is not registered: name=" + type.name() + " version="
                    + type.version() + "; give it to MetaStore.builder(..).commands(..) on every member");
        }
    }

    @Override
    public <R extends @Nullable Object> R read(ReadMode mode, Function<Snapshot, R> reader) {
        enter("read");
        Node node = node();
        try (StateView view = view(mode)) {
            SnapshotReader snapshot = new SnapshotReader(view, node.limits());
            try {
                return node.inLane("snapshot reader", () -> reader.apply(snapshot));
            } finally {
                snapshot.end();
            }
        }
    }

    /** Of what a read of this mode may show; to be closed. A recovery in between is not the reader's business. */
    StateView view(ReadMode mode) {
        Deadline deadline = deadline();
        Node node = node();
        while (true) {
            try {
                node.beforeRead(mode, deadline);
                return node.state().view();
            } catch (StoreClosedException e) {
                node = current.after(node, e);
            }
        }
    }

    @Override
    public Ids ids(String sequence) {
        checkSequence(sequence);
        return new StoreIds(sequence);
    }

    static void checkSequence(String sequence) {
        if (!sequence.matches("[A-Za-z0-9._-]{1,128}")) {
            throw new IllegalArgumentException(
                    "sequence name must be 1 to 128 letters, digits, '.', '-', '_': name='" + sequence + "'");
        }
    }

    static void checkCount(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1: count=" + count);
        }
    }

    @Override
    public Revision revision() {
        Node node = node();
        node.checkOpen();
        return node.revision();
    }

    @Override
    public void awaitRevision(Revision revision, Duration atMost) {
        enter("awaitRevision");
        node().awaitRevision(revision, Deadline.after(atMost));
    }

    @Override
    public MetaStore withTimeout(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeout must be positive: timeout=" + value);
        }
        return new RaftMetaStore(current, tables, value, repeatClosures);
    }

    @Override
    public AsyncMetaStore async() {
        return async;
    }

    @Override
    public Cluster cluster() {
        return new CurrentCluster(current);
    }

    @Override
    public Checkpoints checkpoints() {
        return new CurrentCheckpoints(current);
    }

    @Override
    public StoreStatus status() {
        enter("status");
        return node().status();
    }

    @Override
    public Health health() {
        return node().health();
    }

    @Override
    public void close() {
        node().checkMayBlock("close");
        current.close();
    }

    Deadline deadline() {
        return Deadline.after(timeout);
    }

    /** The same store for what is left until a deadline that began earlier. */
    RaftMetaStore until(Deadline deadline) {
        if (deadline.passed()) {
            throw new DeadlineExceededException(
                    "no worker was free within the deadline of an asynchronous call: member=" + node().name()
                            + "; wait for some calls before you start more, or give them more time");
        }
        return new RaftMetaStore(current, tables, deadline.remaining(), repeatClosures);
    }

    /** What every blocking call does first. */
    void enter(String call) {
        Node node = node();
        node.checkMayBlock(call);
        try {
            node.checkOpen();
        } catch (StoreClosedException e) {
            current.after(node, e);
        }
    }

    Tables tables() {
        return tables;
    }

    Writes writes(Deadline deadline) {
        return new Writes(node().limits(), () -> node().revision(), table -> tables.id(table, deadline));
    }

    <R> R write(Writes.Prepared<R> prepared, Deadline deadline) {
        Written written = node().write(prepared.transaction(), deadline);
        if (isAhead(written)) {
            node().awaitIndex(written.batch().position().index(), deadline);
        }
        return prepared.read().apply(written);
    }

    /** Whether the leader answered with a conflict that a read here might not show yet; the answer is to be no older than what was checked. */
    boolean isAhead(Written written) {
        return written.result() instanceof TransactionResult.Conflict
                && !node().state().contains(written.batch().position());
    }

    /** A batch as it goes into the journal; registers tables that are not yet. */
    public JournalTransaction encode(Batch batch) {
        enter("encode");
        return writes(deadline()).batch(batch).transaction();
    }

    /** Commits a transaction and waits until it is applied here. */
    public TransactionResult commit(JournalTransaction transaction) {
        enter("commit");
        Deadline deadline = deadline();
        Node node = node();
        Written written = node.write(transaction, deadline);
        node.awaitIndex(written.batch().position().index(), deadline);
        return written.result();
    }

    private final class StoreIds implements Ids {

        private final String sequence;

        StoreIds(String sequence) {
            this.sequence = sequence;
        }

        @Override
        public long next() {
            return nextBlock(1);
        }

        @Override
        public long nextBlock(int count) {
            return nextBlockCommitted(count).value();
        }

        @Override
        public Committed<Long> nextBlockCommitted(int count) {
            checkCount(count);
            enter("ids");
            Deadline deadline = deadline();
            return write(writes(deadline).ids(sequence, count), deadline);
        }
    }
}
