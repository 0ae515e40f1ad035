package io.metastore.raft.internal.node;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.files.Refusals;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** The last part of opening: lets a member take part in its group, at once, or when the cluster has formed. Used once. */
final class EngineStart {

    private final OpenSettings settings;
    private final EngineFactory engines;
    private final MemberDirectory directory;
    private final Members members;
    private final MemberService service;
    private final NodeParts parts;
    private final NodeConsumer applier;

    EngineStart(
            OpenSettings settings,
            EngineFactory engines,
            MemberDirectory directory,
            Members members,
            MemberService service,
            NodeParts parts,
            NodeConsumer applier) {
        this.settings = settings;
        this.engines = engines;
        this.directory = directory;
        this.members = members;
        this.service = service;
        this.parts = parts;
        this.applier = applier;
    }

    /** The Raft group of the live epoch. */
    static UUID group(MemberDirectory directory) {
        return ClusterIds.groupId(
                directory.identity().clusterId(), "main", directory.membership().epoch());
    }

    /**
     * Returns when this member takes part, or, for a cluster that has not formed, waits for the others on a thread of its own.
     *
     * @throws MetastoreException it cannot
     */
    void run() {
        Transport transport = members.transport();
        if (transport == null) {
            replaying(this::awaitReady);
            return;
        }
        Formation formation = new Formation(directory.identity(), directory.membership(), transport);
        service.hello(formation::answer);
        if (directory.membership().formed()) {
            replaying(this::replay);
            return;
        }
        parts.condition.forming(formation.waitingFor());
        Thread thread = new Thread(() -> form(formation), members.self() + "-formation");
        thread.setDaemon(true);
        parts.formation(thread);
        thread.start();
    }

    /** Starts the engine and tells the checkpointer how much there was to apply. */
    private void replaying(Runnable end) {
        long from = parts.state.applied().index();
        long started = System.nanoTime();
        startEngine();
        end.run();
        long to = parts.state.applied().index();
        parts.images().checkpointer().replayed(to - from, to, Duration.ofNanos(System.nanoTime() - started));
    }

    private void form(Formation formation) {
        Condition condition = parts.condition;
        try {
            Optional<Membership> met = formation.meet(() -> {
                condition.forming(formation.waitingFor());
                return !condition.isClosed() && !Thread.currentThread().isInterrupted();
            });
            if (met.isPresent()) {
                directory.updateMembership(met.get());
                members.peers(new Peers(members.self(), met.get().members()));
                startEngine();
                formation.formed(directory.membership());
            }
        } catch (MetastoreException | EngineException e) {
            condition.failed(StoreState.FAILED, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            condition.failed(StoreState.FAILED, "the cluster could not form: " + e);
            throw e;
        } finally {
            parts.formation(null);
        }
    }

    /** The journal exists before the cluster is written down as formed, and nothing leaves the engine before that. */
    private void startEngine() {
        Transport transport = members.transport();
        EngineGate gate = new EngineGate(transport == null ? new NoTransport() : transport, members.self());
        EngineFactory.Handle handle = engines.create(
                new EngineFactory.Place(
                        directory.journalDirectory(),
                        group(directory),
                        members.peers(),
                        !directory.membership().formed()),
                gate,
                applier,
                parts.images().images());
        gate.receiver(handle.receiver());
        parts.engine(gate, handle);
        try {
            // To its end: what is half started would go on behind the back of whoever gave up, and keep its directory.
            Uninterrupted.onThread(
                    members.self() + "-journal-open", () -> handle.engine().start());
        } catch (EngineException e) {
            if (e.kind() == EngineException.Kind.JOURNAL_INCOMPLETE) {
                throw new CorruptStateException(String.valueOf(e.getMessage()), e);
            }
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException error && Refusals.isOfFileSystem(error)) {
                    throw Refusals.unusable(directory.journalDirectory(), "opening the journal", error);
                }
            }
            throw new StoreFailedException(
                    "the journal could not be opened: directory=" + directory.journalDirectory() + " reason="
                            + e.getMessage(),
                    e);
        }
        if (!directory.membership().formed()) {
            directory.updateMembership(directory.membership().asFormed());
        }
        members.engine(handle.engine());
        parts.condition.formed();
        gate.open();
        service.raft(gate);
        parts.proposer.routeChanged();
    }

    private void replay() {
        try {
            new Replay(parts).await();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void awaitReady() {
        Deadline deadline = Deadline.after(settings.timeouts().open());
        try {
            boolean ready = parts.gate.await(() -> parts.members.leads() || parts.condition.hasStopped(), deadline);
            if (parts.condition.state() == StoreState.FAILED) {
                throw new StoreFailedException(parts.condition.reason());
            }
            if (!ready) { // A member that has halted is open: what it has can be looked at.
                throw new UnavailableException(
                        "the single member did not become ready in time: directory=" + settings.directory()
                                + " timeout=" + settings.timeouts().open() + "; raise timeouts.open");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private UnavailableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new UnavailableException("interrupted while the store was opened: directory=" + settings.directory(), e);
    }
}
