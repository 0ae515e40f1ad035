package io.metastore.raft.internal.node;

import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.images.Condemnation;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.Seal;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a member's part in its group while its store stays open: because of what it is found to have, or what others have done without it. */
final class NodeEnding {

    private static final Logger log = LoggerFactory.getLogger(NodeEnding.class);

    private final NodeParts parts;

    /** Guarded by this. */
    private Consumer<String> onSuperseded = told -> {};

    /** By whom this member was told; null while it was not. Guarded by this. */
    private @Nullable String supersededBy;

    NodeEnding(NodeParts parts) {
        this.parts = parts;
    }

    /**
     * Ends this member because its state is not that of the others. On a thread of its own: whoever found out may be a thread of the engine.
     *
     * @param agreed highest position at which it was
     */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of a member that has stopped.
    void diverged(Divergence.Finding.Self finding, long agreed) {
        String reason =
                "state of this member differs from that of the others: member=" + parts.members.self() + " index="
                        + finding.index() + " own=" + finding.own() + " others=" + finding.others()
                        + "; open it again: it starts from an image that agrees, or gets one from the others";
        if (parts.condition.isWrong()) {
            return;
        }
        parts.condition.wrong(reason);
        Uninterrupted.start(parts.members.self() + "-diverged", () -> {
            parts.images().images().condemn(new Condemnation(reason, agreed));
            parts.endEngine();
            parts.proposer.routeChanged();
            parts.gate.signal();
        });
    }

    /** Ends this member's part in the group: the others go on without it. On a thread of its own. */
    void removedByOthers(String why) {
        endPart(StoreState.REMOVED, "member was removed from the cluster: " + why, "removed");
    }

    /** Ends this member's part in the group because it has forgotten some of what it acknowledged. Nothing leaves its engine any more when this returns. */
    void olderCopy(String why) {
        if (parts.condition.hasStopped() || parts.condition.isClosed()) {
            return;
        }
        parts.shutGate(new Deadline(System.nanoTime()));
        endPart(StoreState.FAILED, why, "older-copy");
    }

    /** Ends this member's part in its epoch, which others have left by a recovery. Nothing leaves its engine any more when this returns. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of a member that has stopped.
    void superseded(EpochWatch.Superseded by) {
        if (parts.condition.isRecovering() && !parts.condition.isClosed()) {
            supersededWhileSealed(by.told());
            return;
        }
        if (parts.condition.hasStopped() || parts.condition.isClosed()) {
            return;
        }
        parts.shutGate(new Deadline(System.nanoTime()));
        parts.condition.failed(
                StoreState.SUPERSEDED,
                "the cluster was recovered without this member: member=" + parts.members.self() + " epoch="
                        + parts.directory.membership().epoch() + " next="
                        + by.recovery().epoch() + " recovery="
                        + by.recovery().recovery() + " toldBy=" + by.told());
        Uninterrupted.start(parts.members.self() + "-superseded", () -> {
            LogPosition last = parts.endEngine();
            parts.proposer.routeChanged();
            parts.gate.signal();
            seal(by, last);
            tell(by.told());
        });
    }

    /** Its part in its epoch had ended before, for the recovery of which it hears now that it is done. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a member that comes back.
    private void supersededWhileSealed(String told) {
        synchronized (this) {
            if (supersededBy != null) {
                return;
            }
            supersededBy = told;
        }
        Uninterrupted.start(parts.members.self() + "-superseded", () -> tell(told));
    }

    /** So that it is not started in its epoch again, whoever it hears then. When that fails it hears of it again after its next start. */
    private void seal(EpochWatch.Superseded by, LogPosition last) {
        if (parts.directory.isClosed()) {
            return; // It may be somebody else's by now.
        }
        try (EpochSuccession succession = EpochSuccession.within(parts.directory.layer(), parts.directory)) {
            long epoch = succession.epoch();
            if (succession.seal().filter(seal -> seal.forbids(epoch)).isEmpty()) {
                succession.seal(new Seal(
                        by.recovery().recovery(),
                        epoch,
                        Math.max(by.recovery().epoch(), succession.unusedEpoch()),
                        Seal.State.SEALED,
                        last,
                        Instant.now()));
            }
        } catch (MetastoreException e) {
            log.warn("directory was not sealed: member={} reason={}", parts.members.self(), e.getMessage());
        }
    }

    private void tell(String told) {
        Consumer<String> action;
        synchronized (this) {
            supersededBy = told;
            action = onSuperseded;
        }
        action.accept(told);
    }

    /** Told where somebody of the next epoch listens, on a thread that may wait, after this member's part in its epoch has ended; also when it had before. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for a member that comes back.
    void onSuperseded(Consumer<String> action) {
        String told;
        synchronized (this) {
            onSuperseded = action;
            told = supersededBy;
        }
        if (told != null) {
            Uninterrupted.start(parts.members.self() + "-superseded", () -> action.accept(told));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the end of a member that has stopped.
    private void endPart(StoreState end, String reason, String thread) {
        if (parts.condition.hasStopped() || parts.condition.isClosed()) {
            return;
        }
        parts.condition.failed(end, reason);
        Uninterrupted.start(parts.members.self() + "-" + thread, () -> {
            parts.endEngine();
            parts.proposer.routeChanged();
            parts.gate.signal();
        });
    }
}
