package io.metastore.api;

import java.time.Duration;

/**
 * Deadlines and the timing of elections. Immutable. Each is above zero and at most a day; anything else is refused with {@link
 * IllegalArgumentException}.
 *
 * @param call deadline of a blocking call that has none of its own; default 10 s
 * @param open how long the {@code open} of a single member may wait until it is ready, replay included; default 5 min. A member of a cluster does not wait
 *     for others; after a crash it replays what its own journal proves to be committed, however long that takes
 * @param electionMin shortest silence of a leader after which a member stands for election; the same on all members. Too short: elections
 *     under load. Too long: slow failover. Default 600 ms
 * @param electionMax longest such silence, above the shortest; default 1,200 ms
 */
public record Timeouts(Duration call, Duration open, Duration electionMin, Duration electionMax) {

    private static final Duration SHORTEST = Duration.ofNanos(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration ELECTION_SHORTEST = Duration.ofMillis(50);

    private static final Timeouts DEFAULTS = new Timeouts(
            Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofMillis(600), Duration.ofMillis(1200));

    public Timeouts {
        SettingRange.check("call", call, SHORTEST, LONGEST);
        SettingRange.check("open", open, SHORTEST, LONGEST);
        SettingRange.check("electionMin", electionMin, ELECTION_SHORTEST, LONGEST);
        SettingRange.check("electionMax", electionMax, SHORTEST, LONGEST);
        if (electionMax.compareTo(electionMin) <= 0) {
            throw new IllegalArgumentException("electionMax must be above electionMin: electionMin=" + electionMin
                    + " electionMax=" + electionMax);
        }
    }

    /** The defaults named above. */
    public static Timeouts defaults() {
        return DEFAULTS;
    }

    /** The same with another deadline of calls. */
    public Timeouts withCall(Duration value) {
        return new Timeouts(value, open, electionMin, electionMax);
    }

    /** The same with more or less time for opening. */
    public Timeouts withOpen(Duration value) {
        return new Timeouts(call, value, electionMin, electionMax);
    }

    /** The same with other election timing: both ends of the range that silence is drawn from. */
    public Timeouts withElection(Duration min, Duration max) {
        return new Timeouts(call, open, min, max);
    }
}
