package io.metastore.raft.internal.node;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.StoreState;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.members.JoinAnswer;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps asking while this member is open and not in the group: the one who let it in may have lost its leadership before that was recorded, or somebody
 * took the operation back. An observer that hears of no leader asks as well, as nobody comes to tell one that was removed while it was down; a voter finds out
 * when it stands for election. On a thread of its own that ends when the member has a vote.
 */
final class AskingToJoin {

    private static final Logger log = LoggerFactory.getLogger(AskingToJoin.class);

    private static final Duration ROUND = Duration.ofSeconds(1);

    private final Members members;
    private final Condition condition;
    private final Joining joining;
    private final List<String> helpers;
    private final Consumer<String> removed;
    /** Own thread only. */
    private String warned = "";

    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    /** @param removed told why, when this incarnation was taken out for good */
    AskingToJoin(
            Members members, Condition condition, Joining joining, List<String> helpers, Consumer<String> removed) {
        this.members = members;
        this.condition = condition;
        this.joining = joining;
        this.helpers = helpers;
        this.removed = removed;
    }

    void start() {
        Thread asking = new Thread(this::run, members.self() + "-joining");
        asking.setDaemon(true);
        thread = asking;
        asking.start();
    }

    private void run() {
        while (!closed && !condition.hasStopped() && (condition.isJoining() || isObserver())) {
            Deadline end = Deadline.after(ROUND);
            if (condition.isJoining() || condition.state() == StoreState.NO_QUORUM) {
                if (!ask(end)) {
                    return;
                }
            }
            LockSupport.parkNanos(this, Math.max(1, end.remainingNanos()));
        }
    }

    private boolean isObserver() {
        return !members.peers().votes();
    }

    /** False when there is no use in asking on. */
    private boolean ask(Deadline end) {
        try {
            joining.ask(addresses(), end);
            tell("let in, being brought up to date");
        } catch (UnavailableException e) {
            tell(String.valueOf(e.getMessage()));
        } catch (MembershipRefusedException e) {
            if (e.reason() == JoinAnswer.FORMER) {
                removed.accept(String.valueOf(e.getMessage()));
                return false;
            }
            tell("refused: reason=" + e.reason() + " " + e.getMessage());
            warn(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            return false;
        }
        return true;
    }

    /** Once for each reason, not with every question. */
    private void warn(String reason) {
        if (!reason.equals(warned)) {
            warned = reason;
            log.warn("cluster does not take this member in: member={} reason={}", members.self(), reason);
        }
    }

    private void tell(String how) {
        if (condition.isJoining()) {
            condition.joining(how);
        }
    }

    private Set<String> addresses() {
        Set<String> addresses = new LinkedHashSet<>(helpers);
        for (Membership.Member other : members.peers().others()) {
            addresses.add(other.address());
        }
        return addresses;
    }

    /** Never blocks. */
    void close() {
        closed = true;
        Thread asking = thread;
        if (asking != null) {
            asking.interrupt();
        }
    }
}
