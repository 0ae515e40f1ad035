package io.metastore.raft.internal.node;

import io.metastore.api.ReadMode;
import io.metastore.raft.internal.cluster.Ground;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.members.Roster;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.state.MetaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The node as the parts of the membership see it. */
final class NodeGround implements Ground {

    private final Node node;
    private final Members members;
    private final StatusReporter reporter;
    private final Clock clock;

    NodeGround(Node node, Members members, StatusReporter reporter, Clock clock) {
        this.node = node;
        this.members = members;
        this.reporter = reporter;
        this.clock = clock;
    }

    @Override
    public String self() {
        return members.self();
    }

    @Override
    public @Nullable Engine engine() {
        return members.engine();
    }

    @Override
    public MetaState state() {
        return node.state();
    }

    @Override
    public Roster roster() {
        return reporter.roster();
    }

    @Override
    public Roster freshRoster() {
        return reporter.freshRoster();
    }

    @Override
    public Duration timeout() {
        return node.timeouts().call();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void enter(String call) {
        node.enter(call);
    }

    @Override
    public TransactionResult write(JournalTransaction transaction, Duration timeout) {
        Deadline deadline = Deadline.after(timeout);
        Written written = node.write(transaction, deadline);
        node.awaitIndex(written.batch().position().index(), deadline);
        return written.result();
    }

    @Override
    public void catchUp(Duration timeout) {
        node.beforeRead(ReadMode.linearizable(), Deadline.after(timeout));
    }

    @Override
    public boolean await(BooleanSupplier reached, Duration timeout) {
        return node.waiting(reached, Deadline.after(timeout));
    }
}
