package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.raft.internal.images.CheckpointTrigger.Replay;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CheckpointTriggerTest {

    private static final CheckpointPolicy POLICY = CheckpointPolicy.defaults().toBuilder()
            .entries(100)
            .journalBytes(1 << 20)
            .age(Duration.ofMinutes(10))
            .build();

    @Test
    void eachOfEntriesBytesAndAgeIsEnoughAndOneLessIsNot() {
        assertThat(reason(99, -1, 0, Duration.ZERO)).isEqualTo("entries"); // 0 to 99 are a hundred.
        assertThat(reason(98, -1, 0, Duration.ZERO)).isNull();
        assertThat(reason(600, 500, 0, Duration.ZERO)).isEqualTo("entries");
        assertThat(reason(599, 500, 0, Duration.ZERO)).isNull();
        assertThat(reason(501, 500, 1 << 20, Duration.ZERO)).isEqualTo("bytes");
        assertThat(reason(501, 500, (1 << 20) - 1, Duration.ZERO)).isNull();
        assertThat(reason(501, 500, 0, Duration.ofMinutes(10))).isEqualTo("age");
        assertThat(reason(501, 500, 0, Duration.ofMinutes(10).minusNanos(1))).isNull();
    }

    @Test
    void aLongReplayIsAReasonOnceUntilAnImageHasWhatWasReplayed() {
        assertThat(replayed(50, 20, Duration.ZERO)).isEqualTo("replay");
        assertThat(replayed(50, 19, Duration.ofMillis(999))).isNull();
        assertThat(replayed(50, 1, Duration.ofSeconds(1))).isEqualTo("replay");
        assertThat(replayed(50, 0, Duration.ofSeconds(1)))
                .as("it took long, but nothing was replayed")
                .isNull();
        assertThat(replayed(59, 20, Duration.ofSeconds(1)))
                .as("the image misses the last entry")
                .isEqualTo("replay");
        assertThat(replayed(60, 20, Duration.ofSeconds(1))).isNull();
    }

    /** An image of that index, and a replay up to 60. */
    private static String replayed(long image, long entries, Duration took) {
        CheckpointPolicy policy = POLICY.toBuilder()
                .replayEntries(20)
                .replayTime(Duration.ofSeconds(1))
                .build();
        Replay replay = new Replay(entries, 60, took);
        return CheckpointTrigger.reason(
                policy, new CheckpointTrigger.Facts(70, image, 0, Duration.ZERO, replay, 0, Duration.ZERO));
    }

    @Test
    void nothingNewIsNeverAReason() {
        assertThat(reason(500, 500, 1L << 40, Duration.ofDays(1))).isNull();
        assertThat(reason(-1, -1, 1L << 40, Duration.ofDays(1))).isNull();
    }

    @Test
    void failuresPutTheNextAttemptOffTwiceAsLongEachTimeUpToFiveMinutes() {
        Duration[] expected = {
            Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8),
        };
        for (int failures = 0; failures < expected.length; failures++) {
            assertThat(CheckpointTrigger.retryIn(failed(failures, Duration.ZERO)))
                    .isEqualTo(expected[failures]);
        }
        assertThat(CheckpointTrigger.retryIn(failed(1000, Duration.ZERO))).isEqualTo(Duration.ofMinutes(5));
        assertThat(CheckpointTrigger.retryIn(failed(3, Duration.ofSeconds(1)))).isEqualTo(Duration.ofSeconds(3));
        assertThat(CheckpointTrigger.reason(POLICY, failed(3, Duration.ofSeconds(3))))
                .isNull();
        assertThat(CheckpointTrigger.reason(POLICY, failed(3, Duration.ofSeconds(4))))
                .isEqualTo("entries");
    }

    private static CheckpointTrigger.Facts failed(int failures, Duration since) {
        return new CheckpointTrigger.Facts(1000, -1, 0, Duration.ZERO, Replay.NONE, failures, since);
    }

    private static String reason(long applied, long image, long bytes, Duration age) {
        return CheckpointTrigger.reason(
                POLICY, new CheckpointTrigger.Facts(applied, image, bytes, age, Replay.NONE, 0, Duration.ZERO));
    }
}
