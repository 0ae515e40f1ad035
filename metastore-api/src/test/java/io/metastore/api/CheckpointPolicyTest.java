package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** The policy of checkpoints, and what long work tells. */
class CheckpointPolicyTest {

    private record Setting(String name, long min, long max, LongFunction<CheckpointPolicy.Builder> set) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting("entries", 1, 1_000_000_000, v -> builder().entries(v)),
            new Setting("journalBytes", 1 << 20, 1L << 40, v -> builder().journalBytes(v)),
            new Setting("replayEntries", 1, 1_000_000_000, v -> builder().replayEntries(v)),
            new Setting("imagesKept", 2, 100, v -> builder().imagesKept((int) v)),
            new Setting("journalFileBytes", 1 << 20, 1 << 30, v -> builder().journalFileBytes(v)),
            new Setting("laggardEntries", 0, Long.MAX_VALUE, v -> builder().laggardEntries(v)),
            new Setting("laggardBytes", 0, Long.MAX_VALUE, v -> builder().laggardBytes(v)),
            new Setting("transferBytesPerSecond", 64 << 10, Long.MAX_VALUE, v -> builder()
                    .transferBytesPerSecond(v)),
            new Setting("freeBytesMin", 0, Long.MAX_VALUE, v -> builder().freeBytesMin(v)));

    @Test
    void valuesAreAcceptedToTheirEndsAndRefusedBeyond() {
        for (Setting setting : SETTINGS) {
            assertThat(setting.set().apply(setting.min()).build()).isNotNull();
            assertThat(setting.set().apply(setting.max()).build()).isNotNull();
            refused(setting, setting.min() - 1);
            if (setting.max() < Long.MAX_VALUE) {
                refused(setting, setting.max() + 1);
            }
        }
    }

    private static void refused(Setting setting, long value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.set().apply(value).build())
                .withMessageContaining(setting.name() + "=" + value);
    }

    @Test
    void timesAreAtLeastASecondAndOnlyAuditsCanBeSwitchedOff() {
        assertThat(builder().auditEvery(Duration.ZERO).build().auditEvery()).isZero();
        Duration less = Duration.ofMillis(999);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().age(less).build())
                .withMessageContaining("age=PT0.999S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().age(Duration.ZERO).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().auditEvery(less).build())
                .withMessageContaining("auditEvery=PT0.999S");
    }

    @Test
    void aReplayThatCountsAsLongTakesATenthOfASecondAtLeast() {
        Duration least = Duration.ofMillis(100);
        assertThat(builder().replayTime(least).build().replayTime()).isEqualTo(least);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().replayTime(least.minusNanos(1)).build())
                .withMessageContaining("replayTime=PT0.099999999S");
    }

    @Test
    void aBuilderStartsFromWhatItWasMadeOf() {
        assertThat(builder().build()).isEqualTo(CheckpointPolicy.defaults());
    }

    @Test
    void progressTellsFractionRateAndRest() {
        Progress half = progress(50, 200, Duration.ofSeconds(5));
        assertThat(half.fraction()).contains(0.25);
        assertThat(half.perSecond()).isEqualTo(10.0);
        assertThat(half.remaining()).contains(Duration.ofSeconds(15));
        assertThat(progress(50, -1, Duration.ofSeconds(5)).fraction()).isEmpty();
        assertThat(progress(50, -1, Duration.ofSeconds(5)).remaining()).isEmpty();
        assertThat(progress(0, 10, Duration.ZERO).perSecond()).isZero();
        assertThat(progress(0, 10, Duration.ZERO).remaining()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> progress(-1, 10, Duration.ZERO));
    }

    private static Progress progress(long done, long total, Duration elapsed) {
        return new Progress(
                "fe1", Progress.Operation.EXPORT, "writing", done, total, Progress.Unit.BYTES, elapsed, null);
    }

    private static CheckpointPolicy.Builder builder() {
        return CheckpointPolicy.defaults().toBuilder();
    }
}
