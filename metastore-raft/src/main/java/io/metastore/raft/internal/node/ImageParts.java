package io.metastore.raft.internal.node;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.CheckpointPolicy;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.cluster.JobNotes;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalRecord;
import io.metastore.raft.internal.images.Auditor;
import io.metastore.raft.internal.images.Checkpointer;
import io.metastore.raft.internal.images.ImageMaker;
import io.metastore.raft.internal.images.Jobs;
import io.metastore.raft.internal.images.JournalPurge;
import io.metastore.raft.internal.images.LongTasks;
import io.metastore.raft.internal.images.MemberCheckpoints;
import io.metastore.raft.internal.transfer.ImageSender;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.CommandRuntime;
import java.time.Clock;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The parts of a node that work with its images, put together and taken apart. */
final class ImageParts {

    private final CheckpointPolicy policy;
    private final Checkpointer checkpointer;
    private final MemberCheckpoints checkpoints;
    private final ImageSender sender;
    private final NodeImages images;
    private final LongTasks tasks;
    private final ImageReport report;
    private long auditedNanos = System.nanoTime();

    /**
     * What they work with.
     *
     * @param enter see {@link MemberCheckpoints.Ground}
     * @param threads makes the thread for long work
     */
    record Ground(
            OpenSettings settings,
            FileLayer files,
            MemberDirectory directory,
            Members members,
            Storage storage,
            StatusReporter reporter,
            CommandRuntime commands,
            Meters meters,
            Clock clock,
            Jobs jobs,
            Consumer<String> enter,
            ThreadFactory threads) {}

    ImageParts(Ground ground) {
        Storage storage = ground.storage();
        Members members = ground.members();
        String self = members.self();
        this.policy = ground.settings().checkpoints();
        this.images = new NodeImages(
                self, ground.files(), storage.images(), storage.states(), storage.state(), storage.fetcher());
        this.tasks = new LongTasks(self, ground.threads());
        ImageMaker maker = new ImageMaker(
                new ImageMaker.Ground(
                        self,
                        ground.files(),
                        ground.directory().imageDirectory(),
                        ground.directory().scratchDirectory().resolve("dump"),
                        storage.lineage(),
                        storage.state(),
                        storage.images(),
                        storage.trash(),
                        ground.directory()::membership,
                        ground.settings().progress(),
                        this::isClosed,
                        new JobNotes(storage.state(), index -> read(members, index))::areAll,
                        ground.clock()),
                policy);
        JournalPurge purge = new JournalPurge(
                self, policy, storage.images(), members::engine, ground.reporter()::alive, storage.trash());
        this.checkpointer = new Checkpointer(
                self,
                policy,
                storage.images(),
                maker,
                purge,
                storage.trash(),
                ground.meters()::checkpoint,
                ground.jobs(),
                ground.clock(),
                () -> members.peers().members().stream()
                        .map(Membership.Member::name)
                        .toList());
        this.sender = new ImageSender(ground.files(), storage.images(), checkpointer::renew, System::nanoTime);
        Auditor auditor = new Auditor(
                storage.state(),
                storage.images(),
                storage.scratch(),
                ground.files(),
                ground.commands(),
                index -> readForAudit(members, index));
        this.checkpoints = new MemberCheckpoints(new MemberCheckpoints.Ground(
                self,
                ground.files(),
                storage.images(),
                checkpointer,
                maker,
                auditor,
                tasks,
                ground.settings().progress(),
                ground.jobs(),
                ground.clock(),
                ground.enter()));
        this.report = new ImageReport(
                checkpoints,
                storage.images(),
                sender,
                storage.fetcher(),
                () -> storage.state().applied().index(),
                ground.clock());
    }

    private static Auditor.@Nullable Entry read(Members members, long index) {
        Engine engine = members.engine();
        if (engine == null) {
            return null;
        }
        try {
            return entry(engine.read(index));
        } catch (EngineException e) {
            return null; // It is not open any more, or the disk failed: there is nothing to compare with.
        }
    }

    /** As above, but that the audit ends by what keeps it from the entry. */
    private Auditor.@Nullable Entry readForAudit(Members members, long index) {
        Engine engine = members.engine();
        EngineException failure = null;
        if (engine != null) {
            try {
                return entry(engine.read(index));
            } catch (EngineException e) {
                failure = e;
            }
        }
        String facts = "member=" + members.self() + " index=" + index;
        String stopped = engine == null ? null : engine.status().failure();
        if (isClosed()) {
            throw new StoreClosedException("store was closed during an audit: " + facts);
        }
        if (stopped != null) {
            throw new StoreFailedException(
                    "the member has stopped while it was audited: " + facts + " reason=" + stopped, failure);
        }
        if (failure != null && failure.kind() == EngineException.Kind.IO_FAILED) {
            throw new CheckpointFailedException(
                    "an entry that the audit needs cannot be read: " + facts + " reason=" + failure.getMessage()
                            + "; check the disk",
                    failure);
        }
        throw new CheckpointFailedException(
                "the journal is being opened anew and cannot be read: " + facts + "; audit again", failure);
    }

    private static Auditor.@Nullable Entry entry(JournalRecord found) {
        if (found instanceof JournalRecord.Entry entry) {
            return new Auditor.Entry(entry.position(), entry.payload());
        }
        return found instanceof JournalRecord.Own own ? new Auditor.Entry(own.position(), null) : null;
    }

    private boolean isClosed() {
        return checkpointer.isClosed();
    }

    MemberCheckpoints checkpoints() {
        return checkpoints;
    }

    Checkpointer checkpointer() {
        return checkpointer;
    }

    ImageSender sender() {
        return sender;
    }

    NodeImages images() {
        return images;
    }

    ImageReport report() {
        return report;
    }

    void start() {
        checkpointer.start();
    }

    /** Called every second by housekeeping. */
    void tick() {
        sender.tick();
        boolean due = !policy.auditEvery().isZero()
                && System.nanoTime() - auditedNanos >= policy.auditEvery().toNanos();
        if (due && !checkpoints.list().isEmpty()) {
            auditedNanos = System.nanoTime();
            checkpoints.auditSoon();
        }
    }

    /** What the last audit found; null before the first. */
    @Nullable
    Audited lastAudit() {
        return checkpoints.lastAudit();
    }

    /** Takes no more work, and waits until nothing of it is inside the state, or the time is over. */
    void close(Deadline deadline) {
        checkpointer.close();
        tasks.close();
        sender.close();
        images.close();
        NodeParts.join(checkpointer.thread(), deadline.remaining());
        tasks.awaitEnd(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }
}
