package io.metastore.raft.internal.cluster;

import io.metastore.api.MetastoreException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.snapshot.files.Genesis;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits how the live epoch began, as the first thing its leader does: from then on every copy and every image says so. With it goes what the epoch before had
 * under way and cannot be ended any more: operations are over, and elections are not paused. Then come the operations that let members in again.
 *
 * <p>Until that is committed, operations wait and a pause of elections does not count: both are of the time before.
 */
public final class EpochStart {

    private static final Logger log = LoggerFactory.getLogger(EpochStart.class);

    private static final Duration RECORD_MAX = Duration.ofSeconds(5);

    private final Ground ground;
    private final ClusterTable table;
    private final Optional<Genesis> genesis;
    private final EpochTip tip;
    private final Runnable recorded;

    /** Whether the state says so here; never again false once true. */
    private volatile boolean known;

    /**
     * @param genesis how the epoch of this directory began; empty for the first one, and where a leader tells
     * @param tip of what the epoch took over
     * @param recorded called once it is committed by this member; must not block
     */
    public EpochStart(Ground ground, ClusterTable table, Optional<Genesis> genesis, EpochTip tip, Runnable recorded) {
        this.ground = ground;
        this.table = table;
        this.genesis = genesis;
        this.tip = tip;
        this.recorded = recorded;
    }

    /** Whether the epoch began with a recovery that is not in the state of this member yet, or not with all that goes with it. Never blocks. */
    public boolean isPending() {
        if (genesis.isEmpty() || known) {
            return false;
        }
        long epoch = genesis.get().epoch();
        known = table.beginning(epoch).isPresent() && !table.isReadmissionDue(epoch);
        return !known;
    }

    /**
     * Waits until it is: what is asked for in the new epoch must not end with what the one before had under way.
     *
     * @throws UnavailableException not within the time
     */
    void await(Duration timeout) {
        if (isPending() && !ground.await(() -> !isPending(), timeout)) {
            throw new UnavailableException("the beginning of the epoch is not committed yet: member=" + ground.self()
                    + " epoch=" + genesis.orElseThrow().epoch() + " timeout=" + timeout + "; ask again");
        }
    }

    /** Commits it when this member leads. Called on one thread at a time; may wait for the journal. */
    public void look() {
        Engine engine = ground.engine();
        if (!isPending() || engine == null || !engine.leaderReady()) {
            return;
        }
        try {
            Genesis beginning = genesis.orElseThrow();
            if (table.beginning(beginning.epoch()).isEmpty()
                    && table.begin(beginning, tip.revision(), ground.now(), RECORD_MAX)) {
                log.info("epoch has begun: member={} {}", ground.self(), beginning);
                recorded.run();
            }
            table.beginReadmissions(beginning.epoch(), ground.now(), RECORD_MAX);
        } catch (MetastoreException e) {
            log.info("beginning of the epoch is not committed yet: member={} reason={}", ground.self(), e.getMessage());
        }
    }
}
