package io.metastore.api;

import java.time.Duration;
import java.util.Set;

/**
 * How a cluster replaces voters that stay away by observers that wait, without anybody asking for it. Off unless given to {@link MetaStore.Builder#autopilot}.
 * Immutable; {@link #defaults} fits most clusters, {@link #toBuilder} changes single values.
 *
 * <p>The leader decides, with its own settings, about once a second; so give all members the same. One member without any does nothing while it leads. For a
 * voter that has not answered for {@code deadAfter} it promotes an observer first and removes the dead voter then, each an ordinary {@link Operation} that {@link
 * Cluster#operations} lists as requested by {@value #REQUESTED_BY}, with the checks every operation has. One dead voter after the other, the one that is silent
 * longest first.
 *
 * <ul>
 *   <li>Without an observer an odd number of voters stays as it is while one of them is dead, because removing it gains nothing: four voters tolerate no more
 *       losses than five of which one is dead. When two are dead, both are removed if {@code votersMin} are left. Of an even number a dead one is removed.
 *   <li>It does nothing while an operation is open, also one that waits for a process to start; while elections are paused; while the leader has led for less
 *       than {@code stabilisation}; and when the voters that answer are no majority.
 *   <li>An operation of its own that failed or was cancelled keeps it from the next one for {@code deadAfter}. It takes a promotion back when the observer does not
 *       answer any more for {@code stabilisation}.
 *   <li>A voter that answers again before its removal began stays; there is one voter more then.
 * </ul>
 *
 * <p>A removed voter that comes back is {@link StoreState#REMOVED}: empty its directory and start it with {@code join}, as an observer it is the next to wait. When
 * a voter is dead for so long and cannot be replaced, {@link MetaStore#health} of every member with an autopilot says why: {@code VOTER_NOT_REPLACED}.
 *
 * @param deadAfter how long a voter must not have answered, as each member measures it while it runs itself; from 1 s to 365 days, default 10 min. Short: a host that
 *     restarts, or an upgrade, costs a voter its place. Long: a second loss may come first
 * @param stabilisation how long an observer must have answered and been caught up without a break before it is promoted, and how long a leader must have led;
 *     from 1 s to 1 day, default 30 s. Short: acts in the middle of a restart of all. Long: later by as much
 * @param votersMin never fewer voters than this are left by a removal; odd, because an even number tolerates no more; from 1 to 99, default 3. Small: a
 *     cluster of five shrinks when two are dead and nobody waits. Large: it keeps voters that are dead, and promotes observers up to that number instead
 * @param keptObservers names of observers that are never promoted, such as those on small or distant hosts; default none. Names that no member has are allowed
 */
public record Autopilot(Duration deadAfter, Duration stabilisation, int votersMin, Set<String> keptObservers) {

    /** What {@link Operation#requestedBy} says of operations that the autopilot began. */
    public static final String REQUESTED_BY = "autopilot";

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration DEAD_LONGEST = Duration.ofDays(365);
    private static final Duration STABILISATION_LONGEST = Duration.ofDays(1);
    private static final int VOTERS_MOST = 99;

    private static final Autopilot DEFAULTS =
            new Autopilot(Duration.ofMinutes(10), Duration.ofSeconds(30), 3, Set.of());

    public Autopilot {
        SettingRange.check("deadAfter", deadAfter, SHORTEST, DEAD_LONGEST);
        SettingRange.check("stabilisation", stabilisation, SHORTEST, STABILISATION_LONGEST);
        SettingRange.check("votersMin", votersMin, 1, VOTERS_MOST);
        if (votersMin % 2 == 0) {
            throw new IllegalArgumentException(
                    "votersMin must be odd, an even number tolerates no more losses: votersMin=" + votersMin);
        }
        keptObservers = Set.copyOf(keptObservers);
    }

    /** The defaults named above. */
    public static Autopilot defaults() {
        return DEFAULTS;
    }

    /** Changes single values of the defaults. */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /** Changes single values of a copy. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes single values. Not thread-safe. */
    public static final class Builder {

        private Duration deadAfter;
        private Duration stabilisation;
        private int votersMin;
        private Set<String> keptObservers;

        private Builder(Autopilot from) {
            deadAfter = from.deadAfter;
            stabilisation = from.stabilisation;
            votersMin = from.votersMin;
            keptObservers = from.keptObservers;
        }

        public Builder deadAfter(Duration value) {
            deadAfter = value;
            return this;
        }

        public Builder stabilisation(Duration value) {
            stabilisation = value;
            return this;
        }

        public Builder votersMin(int value) {
            votersMin = value;
            return this;
        }

        /** Replaces those named before. */
        public Builder keptObservers(String... names) {
            keptObservers = Set.of(names);
            return this;
        }

        /** The settings; rejects a bad value with {@link IllegalArgumentException} naming the setting and the value seen. */
        public Autopilot build() {
            return new Autopilot(deadAfter, stabilisation, votersMin, keptObservers);
        }
    }
}
