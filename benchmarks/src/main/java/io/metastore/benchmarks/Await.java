package io.metastore.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Waiting for a state that a system does not announce. */
public final class Await {
    private static final long POLL_MILLIS = 2;
    private static final Duration FIRST_START_MAX = Duration.ofMinutes(1);
    /** A start that replays what a long measurement wrote. */
    private static final Duration REPLAY_MAX = Duration.ofMinutes(10);

    private Await() {}

    /** A question that may fail while members start or stop; a failure counts as no. */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns once the condition holds, asking every 2 ms.
     *
     * @throws IllegalStateException when it does not within {@code max}; its cause is why it did not the last time, when the question failed
     */
    public static void until(String what, Duration max, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + max.toNanos();
        while (true) {
            Exception failure = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                failure = e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("gave up waiting: for=" + what + " max=" + max, failure);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** How long members may take to start: a minute with empty directories, ten when there is something to replay. To be asked before they start. */
    public static Duration startMax(List<Member> members) throws IOException {
        for (Member member : members) {
            if (!member.isNew()) {
                return REPLAY_MAX;
            }
        }
        return FIRST_START_MAX;
    }
}
