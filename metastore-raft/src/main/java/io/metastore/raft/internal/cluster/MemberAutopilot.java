package io.metastore.raft.internal.cluster;

import io.metastore.api.Autopilot;
import io.metastore.api.Health;
import io.metastore.api.MetastoreException;
import io.metastore.api.OperationType;
import io.metastore.raft.internal.cluster.Operations.Request;
import io.metastore.raft.internal.engine.Engine;
import io.metastore.raft.internal.members.AutopilotDecision;
import io.metastore.raft.internal.members.AutopilotRule;
import io.metastore.raft.internal.members.Roster;
import io.metastore.raft.internal.members.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the voters: measures on every member how long each other one is silent, and while this member leads begins the operations that {@link AutopilotRule}
 * decides. What is begun is carried out as any operation, by whoever leads then; because everybody measures, a new leader need not begin to count again.
 *
 * <p>Called once a second on any worker; a call while another one waits for the journal does nothing.
 */
public final class MemberAutopilot {

    private static final Logger log = LoggerFactory.getLogger(MemberAutopilot.class);

    private final Ground ground;
    private final ClusterTable table;
    private final Operations operations;
    private final Autopilot settings;
    private final Vitals vitals = new Vitals();
    private final ReentrantLock looking = new ReentrantLock();

    private record Leading(long term, long sinceNanos) {}

    /** Since when this member leads; null while it does not. Guarded by looking. */
    private @Nullable Leading leading;

    private volatile AutopilotDecision last = new AutopilotDecision.Nothing("nothing was looked at yet", "");

    public MemberAutopilot(Ground ground, ClusterTable table, Operations operations, Autopilot settings) {
        this.ground = ground;
        this.table = table;
        this.operations = operations;
        this.settings = settings;
    }

    /** May wait for the journal when there is something to do. */
    public void look() {
        if (!looking.tryLock()) {
            return;
        }
        try {
            Engine engine = ground.engine();
            if (engine != null) {
                look(engine);
            }
        } catch (MetastoreException e) {
            log.info(
                    "autopilot could not do what it wanted: member={} wanted={} reason={}",
                    ground.self(),
                    last,
                    e.getMessage());
        } catch (RuntimeException e) {
            log.error("autopilot failed because of a bug: member={}", ground.self(), e);
        } finally {
            looking.unlock();
        }
    }

    private void look(Engine engine) {
        long now = System.nanoTime();
        leading = leading(engine, now);
        Roster roster = seen(ground.roster(), engine);
        vitals.note(roster, now);
        decided(decide(roster));
        if (last instanceof AutopilotDecision.Nothing) {
            return;
        }
        decided(decide(seen(ground.freshRoster(), engine))); // One that has just come back is not dead.
        carryOut(last);
    }

    private @Nullable Leading leading(Engine engine, long now) {
        if (!engine.leaderReady()) {
            return null;
        }
        Leading before = leading;
        long term = engine.currentTerm();
        return before != null && before.term() == term ? before : new Leading(term, now);
    }

    private Roster seen(Roster roster, Engine engine) {
        return leading == null ? roster : OperationRunner.withJournals(roster, engine);
    }

    private AutopilotDecision decide(Roster roster) {
        Leading now = leading;
        return AutopilotRule.decide(
                settings,
                new AutopilotRule.Facts(
                        roster,
                        vitals,
                        now == null ? null : Duration.ofNanos(System.nanoTime() - now.sinceNanos()),
                        table.electionsPaused(),
                        table.operations().stream()
                                .map(ClusterTable.Versioned::operation)
                                .toList(),
                        ground.now()));
    }

    private void decided(AutopilotDecision decision) {
        boolean stuck = decision instanceof AutopilotDecision.Nothing now && now.isStuck();
        boolean wasStuck = last instanceof AutopilotDecision.Nothing before && before.isStuck();
        if (stuck && !wasStuck) {
            log.warn("voter is not replaced: member={} reason={}", ground.self(), decision.reason());
        }
        last = decision;
    }

    private void carryOut(AutopilotDecision decision) {
        if (decision instanceof AutopilotDecision.Nothing) {
            return;
        }
        log.info("autopilot acts: member={} decision={}", ground.self(), decision);
        if (decision instanceof AutopilotDecision.Promote promote) {
            begin(OperationType.PROMOTE, promote.observer(), promote.reason());
        } else if (decision instanceof AutopilotDecision.Remove remove) {
            begin(OperationType.REMOVE, remove.voter(), remove.reason());
        } else if (decision instanceof AutopilotDecision.Cancel cancel) {
            operations.cancel(cancel.operation(), ground.timeout());
        } else {
            throw new AssertionError(decision);
        }
    }

    private void begin(OperationType type, String target, String reason) {
        operations.begin(Request.of(type, target).by(Autopilot.REQUESTED_BY, reason), ground.timeout());
    }

    /** A voter that is dead and that nobody replaces before somebody does something. Never blocks. */
    public List<Health.Finding> findings() {
        return last instanceof AutopilotDecision.Nothing nothing && nothing.isStuck()
                ? List.of(new Health.Finding("VOTER_NOT_REPLACED", nothing.reason(), nothing.remedy()))
                : List.of();
    }
}
