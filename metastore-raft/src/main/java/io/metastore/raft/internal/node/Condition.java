package io.metastore.raft.internal.node;

import io.metastore.api.StoreState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member can do at the moment and why not more. Written by engine notifications and by opening and closing, read by everybody.
 *
 * <p>A short time without a leader is normal and callers wait; a longer one is named NO_QUORUM and writes are refused at once, until a leader is
 * known again.
 */
final class Condition {

    private static final Logger log = LoggerFactory.getLogger(Condition.class);

    private final String member;
    private final Duration patience;

    private volatile boolean closed;
    private volatile boolean forming;
    private volatile String formingReason = "";
    private volatile @Nullable String joining;
    private volatile @Nullable String recovering;
    private volatile @Nullable String readOnly;
    private volatile @Nullable StoreState failed;
    private volatile String failure = "";
    private volatile boolean wrong;
    private volatile @Nullable String leader;
    private volatile boolean hadLeader;
    private volatile long leaderlessSince = System.nanoTime();

    /** @param patience how long without a leader until that is called NO_QUORUM */
    Condition(String member, Duration patience) {
        this.member = member;
        this.patience = patience;
    }

    void forming(String waitingFor) {
        forming = true;
        formingReason = waitingFor;
    }

    void formed() {
        forming = false;
        leaderlessSince = System.nanoTime();
    }

    /** It asked to be taken in and is not yet. */
    void joining(String why) {
        joining = why;
    }

    boolean isJoining() {
        return joining != null;
    }

    /** It belongs to the cluster. */
    void joined() {
        joining = null;
    }

    void leader(@Nullable String now, long term) {
        String before = leader;
        leader = now;
        if (now != null) {
            hadLeader = true;
        } else if (before != null) {
            leaderlessSince = System.nanoTime();
        }
        if (!java.util.Objects.equals(before, now)) {
            log.info("leader changed: member={} from={} to={} term={}", member, before, now, term);
        }
    }

    /** Its part in this epoch has ended, for a recovery; whoever opens the directory again makes another condition. */
    void recovering(String why) {
        recovering = why;
        log.info("member waits for a recovery: member={} reason={}", member, why);
    }

    boolean isRecovering() {
        return recovering != null;
    }

    /** It has too little disk space, or, with null, enough again. */
    void readOnly(@Nullable String why) {
        readOnly = why;
        if (why != null) {
            log.warn("member takes no writes: member={} {}", member, why);
        } else {
            log.info("member has disk space again: member={}", member);
        }
    }

    /** Stops for good; the first reason stays. */
    void failed(StoreState state, String reason) {
        synchronized (this) {
            if (failed == null) {
                failure = reason;
                failed = state;
                if (state == StoreState.REMOVED || state == StoreState.SUPERSEDED) {
                    log.info("member takes no part any more: member={} reason={}", member, reason);
                } else {
                    log.error("member has stopped: member={} state={} reason={}", member, state, reason);
                }
            }
        }
    }

    /** Stops for good because the state here is not what it has to be: not even local reads are served from it. */
    void wrong(String reason) {
        wrong = true;
        failed(StoreState.FAILED, reason);
    }

    boolean isWrong() {
        return wrong;
    }

    void closed() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether something of this member broke, also when it was closed since. */
    boolean hasFailed() {
        return failed == StoreState.FAILED;
    }

    /** Whether this member, as it was opened, takes no part any more: halted, failed, removed, or to be recovered. */
    boolean hasStopped() {
        return failed != null || recovering != null;
    }

    @Nullable
    String leader() {
        return leader;
    }

    StoreState state() {
        StoreState stopped = failed;
        if (closed) {
            return StoreState.CLOSED;
        } else if (stopped != null) {
            return stopped;
        } else if (recovering != null) {
            return StoreState.RECOVERING;
        } else if (forming) {
            return StoreState.FORMING;
        } else if (joining != null) {
            return StoreState.JOINING;
        } else if (readOnly != null) {
            return StoreState.READ_ONLY;
        } else if (leader != null) {
            return StoreState.SERVING;
        } else if (leaderless().compareTo(patience) > 0) {
            return StoreState.NO_QUORUM;
        }
        return hadLeader ? StoreState.SERVING : StoreState.STARTING;
    }

    /** Why the state is what it is; empty when serving. */
    String reason() {
        return switch (state()) {
            case FORMING -> "cluster is forming: member=" + member + " " + formingReason;
            case STARTING ->
                "looking for a leader: member=" + member + " sinceMillis="
                        + leaderless().toMillis();
            case NO_QUORUM ->
                "no leader: member=" + member + " sinceMillis=" + leaderless().toMillis()
                        + "; a majority of the voters must be up and able to reach each other";
            case JOINING -> "member is being taken into the cluster: member=" + member + " " + joining;
            case READ_ONLY -> "too little disk space: member=" + member + " " + readOnly;
            case HALTED, FAILED, REMOVED, SUPERSEDED -> failure;
            case RECOVERING -> "member is being recovered: member=" + member + " " + recovering;
            case CLOSED -> "store is closed: member=" + member;
            case SERVING -> "";
        };
    }

    Duration leaderless() {
        return leader != null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - leaderlessSince);
    }
}
