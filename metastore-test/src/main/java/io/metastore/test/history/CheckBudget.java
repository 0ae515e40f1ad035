package io.metastore.test.history;

import java.time.Duration;

/**
 * What a check may cost for each key, as deciding linearizability is NP-complete. Beyond it the verdict is {@link
 * Verdict.Undecided}.
 *
 * @param configurationsMax how many configurations may be remembered: sets of placed operations with the state they lead
 *     to. Each takes a few hundred bytes. At least 1; a correct history mostly needs a few for each operation
 * @param timeMax at least zero, which decides only the simplest histories; time on the wall, so leave room for a busy
 *     machine
 */
public record CheckBudget(int configurationsMax, Duration timeMax) {
    /** Two million configurations, which take a few hundred megabytes, or 30 seconds. */
    public static final CheckBudget DEFAULT = new CheckBudget(2_000_000, Duration.ofSeconds(30));

    public CheckBudget {
        if (configurationsMax < 1 || timeMax.isNegative()) {
            throw new IllegalArgumentException(
                    "invalid budget: configurationsMax=" + configurationsMax + " timeMax=" + timeMax);
        }
    }
}
