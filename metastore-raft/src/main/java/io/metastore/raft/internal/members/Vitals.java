package io.metastore.raft.internal.members;

import io.metastore.raft.internal.engine.GroupMember;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * For how long each incarnation in the group has been silent, and for how long it has answered and been caught up, both without a break. Counted from one look
 * to the next; a long time without a look counts as a short one, because a process that was suspended has not seen that others were silent.
 *
 * <p>Thread-safe.
 */
public final class Vitals {

    /** The most that one look adds: looks are made about once a second. */
    static final Duration STEP_MAX = Duration.ofSeconds(3);

    private record Vital(long silentNanos, long wellNanos) {}

    /** By id. Guarded by this. */
    private Map<String, Vital> known = Map.of();

    /** Guarded by this. */
    private long lastNanos;

    /**
     * Takes a look into account.
     *
     * @param nowNanos on a clock that never goes back, the same for all calls
     */
    public synchronized void note(Roster roster, long nowNanos) {
        long elapsed = Math.max(0, Math.min(nowNanos - lastNanos, STEP_MAX.toNanos()));
        Map<String, Vital> next = new HashMap<>();
        for (GroupMember member : roster.configuration().members()) {
            Vital before = known.get(member.id());
            long step = before == null ? 0 : elapsed;
            long silent = before == null ? 0 : before.silentNanos();
            long well = before == null ? 0 : before.wellNanos();
            next.put(
                    member.id(),
                    new Vital(roster.isAlive(member) ? 0 : silent + step, roster.isNear(member) ? well + step : 0));
        }
        known = next;
        lastNanos = nowNanos;
    }

    /** How long it has not answered; zero when it does, and for one that was never looked at. */
    synchronized Duration silence(GroupMember member) {
        Vital vital = known.get(member.id());
        return vital == null ? Duration.ZERO : Duration.ofNanos(vital.silentNanos());
    }

    /** How long it has answered and been caught up; zero when it is not, and for one that was never looked at. */
    synchronized Duration well(GroupMember member) {
        Vital vital = known.get(member.id());
        return vital == null ? Duration.ZERO : Duration.ofNanos(vital.wellNanos());
    }
}
