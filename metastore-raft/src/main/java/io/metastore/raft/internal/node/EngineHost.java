package io.metastore.raft.internal.node;

import io.metastore.api.CorruptStateException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.cluster.MemberElections;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Refusals;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the member's engine, and exchanges it for a new one on the same directory when its role has changed in a way that a running one cannot follow. The
 * state, the store and whoever waits for them stay.
 */
final class EngineHost {

    private static final Logger log = LoggerFactory.getLogger(EngineHost.class);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final EngineFactory engines;
    private final MemberDirectory directory;
    private final Members members;
    private final MemberService service;
    private final NodeParts parts;
    private final NodeConsumer applier;
    private final MemberElections elections;

    EngineHost(
            EngineFactory engines,
            MemberDirectory directory,
            Members members,
            MemberService service,
            NodeParts parts,
            NodeConsumer applier,
            MemberElections elections) {
        this.engines = engines;
        this.directory = directory;
        this.members = members;
        this.service = service;
        this.parts = parts;
        this.applier = applier;
        this.elections = elections;
    }

    /** The Raft group of the live epoch. */
    static UUID group(MemberDirectory directory) {
        return ClusterIds.groupId(
                directory.identity().clusterId(), "main", directory.membership().epoch());
    }

    /**
     * Starts the first engine. The journal exists before the cluster is written down as formed, and nothing leaves the engine before that.
     *
     * @throws MetastoreException it cannot be started
     */
    void start() {
        takeName();
        // An only voter commits what it has by leading: to wait for that before it may lead would be for ever.
        boolean alone = members.peers().voters() <= 1;
        EngineGate gate = parts.unlessStopped(() -> open(alone ? elections::begin : elections::beginReplay));
        if (gate == null) {
            return; // It has heard meanwhile that its epoch has ended.
        }
        if (directory.membership().formed()) {
            // Nothing has left this engine and nothing has reached it.
            parts.reporter.checkIdentity(parts.runningEngine(), directory.root());
        }
        if (!directory.membership().formed()) {
            directory.updateMembership(directory.membership().asFormed());
        }
        publish(gate);
    }

    /** The state has what the journal of the first engine proves to be committed. */
    void replayed() {
        elections.replayed();
    }

    /** Exchanges the engine on a thread of its own; calls meanwhile find no leader and wait. */
    @SuppressWarnings("FutureReturnValueIgnored") // What goes wrong is the member's condition from then on.
    void restart(String why) {
        Uninterrupted.start(members.self() + "-engine-restart", () -> {
            try {
                exchange(why);
            } catch (MetastoreException | EngineException e) {
                parts.condition.failed(StoreState.FAILED, String.valueOf(e.getMessage()));
            } catch (RuntimeException | Error e) {
                parts.condition.failed(StoreState.FAILED, "the journal could not be opened again: " + e);
                throw e;
            } finally {
                parts.proposer.routeChanged();
                parts.gate.signal();
            }
        });
    }

    private void exchange(String why) {
        long started = System.nanoTime();
        EngineFactory.Handle before = parts.beginExchange();
        if (before == null) {
            return; // The member closes or has stopped: the engine ends with it.
        }
        try {
            before.engine().close(CLOSE_MAX);
            parts.condition.leader(null, before.engine().currentTerm());
            parts.state.flush(); // So that there is nothing to replay.
            publish(open(elections::begin));
        } finally {
            parts.endExchange();
        }
        log.info(
                "engine was exchanged: member={} because={} millis={}",
                members.self(),
                why,
                (System.nanoTime() - started) / 1_000_000);
    }

    private EngineFactory.Place place() {
        Identity identity = directory.identity();
        return new EngineFactory.Place(
                directory.journalDirectory(),
                group(directory),
                new MemberId(identity.memberName(), identity.incarnation()),
                members.peers(),
                !directory.membership().formed());
    }

    /** A single member that was given a name: its journal knows it by the one before, however often that was cut off. */
    private void takeName() {
        if (directory.membership().formed()
                && members.peers().members().size() == 1
                && members.peers().votes()) {
            try {
                engines.reidentify(place());
            } catch (IOException e) {
                throw Refusals.unusable(directory.journalDirectory(), "looking for this member in the journal", e);
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.CHANGE_INVALID) {
                    throw refusal(e);
                }
                log.debug("journal knows nobody else by whose name this member went: {}", e.getMessage());
            }
        }
    }

    /** @param standing told of the engine before it could stand for election */
    private EngineGate open(Consumer<Engine> standing) {
        Transport transport = members.transport();
        EngineGate gate = new EngineGate(transport == null ? new NoTransport() : transport, members.self());
        EngineFactory.Handle handle =
                engines.create(place(), gate, applier, parts.images().images(), members.addresses());
        gate.receiver(handle.receiver());
        standing.accept(handle.engine());
        parts.engine(gate, handle);
        try {
            // To its end: what is half started would go on behind the back of whoever gave up, and keep its directory.
            Uninterrupted.onThread(
                    members.self() + "-journal-open", () -> handle.engine().start());
        } catch (EngineException e) {
            throw refusal(e);
        }
        return gate;
    }

    private MetastoreException refusal(EngineException e) {
        if (e.kind() == EngineException.Kind.JOURNAL_INCOMPLETE) {
            return new CorruptStateException(String.valueOf(e.getMessage()), e);
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException error && Refusals.isOfFileSystem(error)) {
                return Refusals.unusable(directory.journalDirectory(), "opening the journal", error);
            }
        }
        return new StoreFailedException(
                "the journal could not be opened: directory=" + directory.journalDirectory() + " reason="
                        + e.getMessage(),
                e);
    }

    private void publish(EngineGate gate) {
        members.engine(parts.runningEngine());
        parts.condition.formed();
        parts.groupFound(); // Before anybody can be told of a membership that was written down earlier.
        if (!parts.reporter.lookBack()
                || parts.condition.hasStopped()) { // At what was learned while it could not be compared.
            return;
        }
        gate.open();
        service.raft(gate);
        parts.proposer.routeChanged();
    }
}
