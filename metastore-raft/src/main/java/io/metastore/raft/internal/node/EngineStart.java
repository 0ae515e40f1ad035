package io.metastore.raft.internal.node;

import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.Optional;

/** The last part of opening: lets a member take part in its group, at once, or when the cluster has formed. Used once. */
final class EngineStart {

    private final OpenSettings settings;
    private final MemberDirectory directory;
    private final Members members;
    private final MemberService service;
    private final NodeParts parts;
    private final EngineHost host;
    private final AskingToJoin joining;

    EngineStart(
            OpenSettings settings,
            MemberDirectory directory,
            Members members,
            MemberService service,
            NodeParts parts,
            EngineHost host,
            AskingToJoin joining) {
        this.settings = settings;
        this.directory = directory;
        this.members = members;
        this.service = service;
        this.parts = parts;
        this.host = host;
        this.joining = joining;
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
        boolean joins = !isIn();
        if (directory.membership().formed() || joins) {
            replaying(this::replay);
            if (joins) {
                parts.condition.joining("asked the others");
            }
            joining.start();
            return;
        }
        parts.condition.forming(formation.waitingFor());
        Thread thread = new Thread(() -> form(formation), members.self() + "-formation");
        thread.setDaemon(true);
        parts.formation(thread);
        thread.start();
    }

    /** Its name may be there with another incarnation, whose place it is to take. */
    private boolean isIn() {
        Identity self = directory.identity();
        return new Peers(members.self(), directory.membership().members())
                .contains(new MemberId(self.memberName(), self.incarnation()));
    }

    /** Starts the engine and tells the checkpointer how much there was to apply. */
    private void replaying(Runnable end) {
        long from = parts.state.applied().index();
        long started = System.nanoTime();
        host.start();
        end.run();
        host.replayed();
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
                host.start();
                host.replayed(); // There is nothing.
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

    private void replay() {
        Replay.ofCommitted(parts, settings.progress()).await();
    }

    private void awaitReady() {
        Deadline deadline = Deadline.after(settings.timeouts().open());
        boolean ready = Replay.ofAll(parts, settings.progress())
                .await(() -> parts.members.leads() || parts.condition.hasStopped(), deadline);
        if (parts.condition.state() == StoreState.FAILED) {
            throw new StoreFailedException(parts.condition.reason());
        }
        if (!ready) { // A member that has halted is open: what it has can be looked at.
            throw new UnavailableException("the single member did not become ready in time: directory="
                    + settings.directory() + " timeout=" + settings.timeouts().open() + "; raise timeouts.open");
        }
    }
}
