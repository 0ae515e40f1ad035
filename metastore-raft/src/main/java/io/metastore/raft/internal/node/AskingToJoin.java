package io.metastore.raft.internal.node;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.UnavailableException;
import io.metastore.snapshot.files.Membership;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps asking while this member is open and not in the group: the one who let it in may have lost its leadership before that was recorded, or somebody
 * took the operation back. On a thread of its own that ends when the member has been taken in.
 */
final class AskingToJoin {

    private static final Logger log = LoggerFactory.getLogger(AskingToJoin.class);

    private static final Duration ROUND = Duration.ofSeconds(1);

    private final Members members;
    private final Condition condition;
    private final Joining joining;
    private final List<String> helpers;
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    AskingToJoin(Members members, Condition condition, Joining joining, List<String> helpers) {
        this.members = members;
        this.condition = condition;
        this.joining = joining;
        this.helpers = helpers;
    }

    void start() {
        Thread asking = new Thread(this::run, members.self() + "-joining");
        asking.setDaemon(true);
        thread = asking;
        asking.start();
    }

    private void run() {
        while (!closed && !condition.hasStopped() && condition.isJoining()) {
            Deadline end = Deadline.after(ROUND);
            try {
                joining.ask(addresses(), end);
                condition.joining("let in, being brought up to date");
            } catch (UnavailableException e) {
                condition.joining(String.valueOf(e.getMessage()));
            } catch (MembershipRefusedException e) {
                condition.joining("refused: reason=" + e.reason() + " " + e.getMessage());
                log.warn("cluster does not take this member in: member={} reason={}", members.self(), e.getMessage());
            } catch (InterruptedException e) {
                return;
            }
            LockSupport.parkNanos(this, Math.max(1, end.remainingNanos()));
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
