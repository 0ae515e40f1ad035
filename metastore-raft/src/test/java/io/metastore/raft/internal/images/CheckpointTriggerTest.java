package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.raft.internal.images.CheckpointTrigger.Replay;
import java.time.Duration;
import java.util.List;
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

    @Test
    void anImageIsOldWhenItLeavesHalfALongReplayOrAFourthOfTheJournalBetweenTwo() {
        assertThat(isOld(600, 500, 0)).isTrue();
        assertThat(isOld(599, 500, 0)).isFalse();
        assertThat(isOld(501, 500, 1 << 18)).isTrue();
        assertThat(isOld(501, 500, (1 << 18) - 1)).isFalse();
        assertThat(isOld(500, 500, 1 << 20)).as("nothing is newer").isFalse();
        assertThat(isOld(99, -1, 0)).as("there is none").isTrue();
        assertThat(isOld(-1, -1, 0)).as("there is nothing").isFalse();
        CheckpointTrigger.Facts failedJustNow =
                new CheckpointTrigger.Facts(600, 500, 0, Duration.ZERO, Replay.NONE, 1, Duration.ofMillis(999), 1);
        assertThat(CheckpointTrigger.isOld(OFTEN, failedJustNow)).isFalse();
    }

    private static final CheckpointPolicy OFTEN =
            POLICY.toBuilder().replayEntries(200).build();

    private static boolean isOld(long applied, long image, long bytesSince) {
        return CheckpointTrigger.isOld(
                OFTEN,
                new CheckpointTrigger.Facts(
                        applied, image, bytesSince, Duration.ZERO, Replay.NONE, 0, Duration.ZERO, 1));
    }

    /** An image of that index, and a replay up to 60. */
    private static String replayed(long image, long entries, Duration took) {
        CheckpointPolicy policy = POLICY.toBuilder()
                .replayEntries(20)
                .replayTime(Duration.ofSeconds(1))
                .build();
        Replay replay = new Replay(entries, 60, took);
        return CheckpointTrigger.reason(
                policy, new CheckpointTrigger.Facts(70, image, 0, Duration.ZERO, replay, 0, Duration.ZERO, 1));
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
        return new CheckpointTrigger.Facts(1000, -1, 0, Duration.ZERO, Replay.NONE, failures, since, 1);
    }

    /** Of three members, each in its turn. */
    @Test
    void aShareOfEntriesBytesAndAgeIsEnoughBeforeAMemberHasComeToItsTurn() {
        List<String> members = List.of("fe2", "fe3", "fe1");
        assertThat(members).extracting(name -> Turn.share(name, members)).containsExactly(2 / 3.0, 1 / 3.0, 1.0);
        assertThat(Turn.share("fe4", members)).as("not known yet").isEqualTo(1 / 4.0);
        assertThat(Turn.share("fe1", List.of())).as("alone").isEqualTo(1);

        assertThat(reason(549, 500, 0, Duration.ZERO, 0.5)).isNull();
        assertThat(reason(550, 500, 0, Duration.ZERO, 0.5)).isEqualTo("entries");
        assertThat(reason(501, 500, (1 << 19) - 1, Duration.ZERO, 0.5)).isNull();
        assertThat(reason(501, 500, 1 << 19, Duration.ZERO, 0.5)).isEqualTo("bytes");
        assertThat(reason(501, 500, 0, Duration.ofMinutes(5).minusNanos(1), 0.5))
                .isNull();
        assertThat(reason(501, 500, 0, Duration.ofMinutes(5), 0.5)).isEqualTo("age");
        assertThat(reason(500, 500, 1L << 40, Duration.ofDays(1), 0.5)).isNull();
    }

    private static String reason(long applied, long image, long bytes, Duration age) {
        return reason(applied, image, bytes, age, 1);
    }

    private static String reason(long applied, long image, long bytes, Duration age, double share) {
        return CheckpointTrigger.reason(
                POLICY, new CheckpointTrigger.Facts(applied, image, bytes, age, Replay.NONE, 0, Duration.ZERO, share));
    }
}
