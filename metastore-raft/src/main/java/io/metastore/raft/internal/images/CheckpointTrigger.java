package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether a checkpoint is due. Plain values, no clock. */
final class CheckpointTrigger {

    /**
     * What is looked at.
     *
     * @param applied index of the last entry applied
     * @param image index of the newest image; -1 before the first
     * @param bytesSince length of the entries applied since
     * @param age of the newest image, or of the open store before the first
     * @param replay by which this store was opened
     * @param failures in a row, up to now
     * @param sinceFailure how long ago the last of them was
     * @param share of what the policy says that is enough, above 0 and up to 1; see {@link Turn}
     */
    record Facts(
            long applied,
            long image,
            long bytesSince,
            Duration age,
            Replay replay,
            int failures,
            Duration sinceFailure,
            double share) {}

    /**
     * What an opening had to apply.
     *
     * @param entries how many
     * @param to the last of them, or where the state was when there were none
     * @param took how long it took
     */
    record Replay(long entries, long to, Duration took) {

        static final Replay NONE = new Replay(0, -1, Duration.ZERO);

        private boolean isLong(CheckpointPolicy policy) {
            return entries >= policy.replayEntries() || (entries > 0 && took.compareTo(policy.replayTime()) >= 0);
        }
    }

    private static final double OLD_REPLAY_SHARE = 0.5;
    private static final double OLD_JOURNAL_SHARE = 0.25;
    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofMinutes(5);

    private CheckpointTrigger() {}

    /** Why one is due, in a word or two; null when none is. */
    static @Nullable String reason(CheckpointPolicy policy, Facts facts) {
        long entries = facts.applied() - Math.max(facts.image(), -1);
        if (entries <= 0 || !retryIn(facts).isZero()) {
            return null;
        }
        if (entries >= facts.share() * policy.entries()) {
            return "entries";
        }
        if (facts.bytesSince() >= facts.share() * policy.journalBytes()) {
            return "bytes";
        }
        if (facts.replay().isLong(policy) && facts.image() < facts.replay().to()) {
            return "replay";
        }
        return facts.age().toNanos() >= facts.share() * policy.age().toNanos() ? "age" : null;
    }

    /**
     * Whether one is made for a member that needs an image, because the newest would leave it a long replay: of half as many entries as are a long one at an
     * opening, or of a fourth of the journal that the policy lets come between two images. Measured with 1,000,000 records: 5,000 entries of fourteen writes each
     * are 4 s of work of the member that replays them, while an image is 0.3 s of work of another, and 1 to 2 s under full load when all files are new.
     */
    static boolean isOld(CheckpointPolicy policy, Facts facts) {
        long entries = facts.applied() - Math.max(facts.image(), -1);
        return retryIn(facts).isZero()
                && (entries >= policy.replayEntries() * OLD_REPLAY_SHARE
                        || (entries > 0 && facts.bytesSince() >= policy.journalBytes() * OLD_JOURNAL_SHARE));
    }

    /** Whether images made for this reason come at regular distances, if nothing else asks for one. */
    static boolean isRegular(@Nullable String reason) {
        return "entries".equals(reason) || "bytes".equals(reason) || "age".equals(reason);
    }

    /** How long an attempt is put off because those before it failed; doubles with each failure. */
    static Duration retryIn(Facts facts) {
        if (facts.failures() == 0) {
            return Duration.ZERO;
        }
        Duration wait = RETRY_MIN.multipliedBy(1L << Math.min(facts.failures() - 1, 20));
        Duration left = (wait.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : wait).minus(facts.sinceFailure());
        return left.isNegative() ? Duration.ZERO : left;
    }
}
