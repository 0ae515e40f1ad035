package io.metastore.raft.internal.node;

import io.metastore.api.Autopilot;
import io.metastore.api.Cluster;
import io.metastore.raft.internal.cluster.AddressRecord;
import io.metastore.raft.internal.cluster.ClusterTable;
import io.metastore.raft.internal.cluster.EpochStart;
import io.metastore.raft.internal.cluster.EpochTip;
import io.metastore.raft.internal.cluster.Fates;
import io.metastore.raft.internal.cluster.Ground;
import io.metastore.raft.internal.cluster.JoinDesk;
import io.metastore.raft.internal.cluster.MemberAutopilot;
import io.metastore.raft.internal.cluster.MemberCluster;
import io.metastore.raft.internal.cluster.MemberElections;
import io.metastore.raft.internal.cluster.MemberJobs;
import io.metastore.raft.internal.cluster.OperationRunner;
import io.metastore.raft.internal.cluster.Operations;
import io.metastore.raft.internal.cluster.StepObserver;
import io.metastore.raft.internal.members.JoinRequest;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a node has for its membership: the application's verbs, who carries them out, who lets others in, who watches the group. */
final class MembershipParts implements NodeConsumer.GroupEvents {

    /** A member that has not answered for so long is taken to have ended what it did. */
    private static final Duration JOB_SILENCE = Duration.ofSeconds(10);

    private final NodeParts parts;
    private final MemberJobs jobs;
    private final EpochTip tip;
    private final MemberElections elections;
    private final OperationRunner runner;
    private final JoinDesk desk;
    private final GroupWatch watch;
    private final MemberCluster cluster;
    private final AddressMove addressMove;
    private final AddressRecord addressRecord;
    private final LeftBehind leftBehind;
    private final @Nullable MemberAutopilot autopilot;

    /** Set before the engine is started. */
    private @Nullable EngineHost host;

    private @Nullable AskingToJoin asking;

    MembershipParts(
            NodeParts parts,
            Ground ground,
            MemberDirectory directory,
            AddressMove addressMove,
            StepObserver steps,
            @Nullable Autopilot autopilotSettings) {
        this.parts = parts;
        parts.epoch(EpochName.of(directory));
        ClusterTable table = new ClusterTable(ground);
        this.tip = new EpochTip(directory.genesis(), ground.state()::current);
        EpochStart epoch = new EpochStart(ground, table, directory.genesis(), tip, this::makeImage);
        Operations operations = new Operations(ground, table, epoch);
        Members members = parts.members;
        Identity identity = directory.identity();
        this.jobs = new MemberJobs(
                ground,
                table,
                new MemberJobs.Place(
                        members.process(),
                        members.transport() != null,
                        JOB_SILENCE,
                        () -> parts.workers.onSomeWorker("record jobs", this::recordJobs)));
        this.elections = new MemberElections(ground, table, epoch);
        this.runner = new OperationRunner(ground, table, steps, epoch);
        this.desk = new JoinDesk(
                ground,
                operations,
                identity.clusterId(),
                identity.tokenDigest(),
                directory.membership().epoch(),
                member -> members.located(member));
        this.watch = new GroupWatch(members, directory, table, parts.condition, this::groupChanged);
        this.addressMove = addressMove;
        this.addressRecord = new AddressRecord(ground, table, steps, members::id, members::address);
        this.cluster = new MemberCluster(
                ground,
                operations,
                jobs,
                parts.reporter::status,
                elections,
                addressMove,
                addressRecord,
                new Fates(ground, table, directory.membership().epoch()),
                parts.reporter::branches);
        this.leftBehind = new LeftBehind(members.self(), directory, operations::ends);
        parts.reporter.leftBehind(leftBehind);
        this.autopilot =
                autopilotSettings == null ? null : new MemberAutopilot(ground, table, operations, autopilotSettings);
        if (autopilot != null) {
            parts.reporter.health().more(autopilot::findings);
        }
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // The checkpointer counts a failure, says so in health, and tries again.
    private void makeImage() {
        parts.images().checkpointer().create();
    }

    private void groupChanged() {
        parts.proposer.routeChanged();
        parts.gate.signal();
        runner.signal();
    }

    Cluster cluster() {
        return cluster;
    }

    /** To be told of each entry that is about to be applied. */
    EpochTip tip() {
        return tip;
    }

    MemberJobs jobs() {
        return jobs;
    }

    private void recordJobs() {
        if (!parts.condition.isClosed() && !parts.condition.hasStopped()) {
            jobs.look();
        }
    }

    MemberElections elections() {
        return elections;
    }

    /** Begins to watch the group and to carry operations out. The engine may not run yet. */
    void start(EngineHost engineHost, AskingToJoin askingToJoin) {
        host = engineHost;
        asking = askingToJoin;
        runner.start();
        parts.membership(this::look, watch::look, this::close);
    }

    /** May wait for the disk, and for the journal when this member has moved or a voter is dead. */
    private void look() {
        parts.recollection.remember();
        leftBehind.look();
        watch.look();
        elections.follow();
        addressRecord.look();
        recordJobs();
        if (addressRecord.isRecorded()) {
            addressMove.recorded();
        }
        if (autopilot != null) {
            autopilot.look();
        }
    }

    /** Takes a member in; answers on a worker. */
    CompletableFuture<byte[]> join(byte[] request) {
        JoinRequest joining = JoinRequest.decode(request);
        return parts.workers.onWorker(() -> desk.answer(joining).encode());
    }

    @Override
    public void changed() {
        parts.workers.onSomeWorker("look at the group", this::look);
    }

    @Override
    public void restartNeeded(String why) {
        EngineHost running = host;
        if (running != null) {
            running.restart(why);
        }
    }

    @Override
    public void removed(String why) {
        runner.signal();
    }

    private void close() {
        AskingToJoin joining = asking;
        if (joining != null) {
            joining.close();
        }
        runner.close();
        leftBehind.close();
    }
}
