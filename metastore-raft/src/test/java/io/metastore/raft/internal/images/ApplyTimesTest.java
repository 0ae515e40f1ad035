package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointStatus.ApplyCost;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Times of entries, made up. */
class ApplyTimesTest {

    private static final int MICRO = 1_000;

    private final ApplyTimes times = new ApplyTimes();

    private void apply(int entries, int transactions, long micros) {
        for (int i = 0; i < entries; i++) {
            times.applied(transactions, micros * MICRO);
        }
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(micros * MICRO);
    }

    @Test
    void whatTakesAsLongAsBeforeCostsNothing() {
        apply(100, 10, 50);
        times.begin();
        apply(7, 10, 50);
        assertThat(times.end()).isEqualTo(new ApplyCost(7, micros(350), Duration.ZERO, micros(50)));
    }

    @Test
    void oneEntryThatWaitsIsTheCost() {
        apply(100, 10, 50);
        times.begin();
        apply(6, 10, 50);
        apply(1, 10, 2_050);
        assertThat(times.end()).isEqualTo(new ApplyCost(7, micros(2_350), micros(2_000), micros(2_050)));
    }

    @Test
    void largerEntriesAreHeldAgainstLargerOnes() {
        apply(100, 1, 10);
        apply(100, 128, 400);
        times.begin();
        apply(5, 140, 400); // As many as 128, to a power of two.
        apply(1, 1, 15);
        assertThat(times.end()).isEqualTo(new ApplyCost(6, micros(2_015), micros(5), micros(400)));
    }

    @Test
    void whatIsQuickerMakesUpForWhatIsSlower() {
        apply(100, 1, 10);
        times.begin();
        apply(10, 1, 5);
        apply(10, 1, 16);
        assertThat(times.end().held()).isEqualTo(micros(10));
        times.begin();
        apply(10, 1, 5);
        assertThat(times.end().held()).isZero();
    }

    @Test
    void ofWhatWasNeverSeenNobodyKnowsWhatItShouldTake() {
        times.begin();
        apply(3, 4, 900);
        assertThat(times.end()).isEqualTo(new ApplyCost(3, micros(2_700), Duration.ZERO, micros(900)));
    }

    @Test
    void whatHappensDuringACheckpointIsNotTheMeasureOfTheNext() {
        apply(100, 1, 10);
        times.begin();
        apply(10_000, 1, 1_000);
        times.end();
        times.begin();
        apply(1, 1, 30);
        assertThat(times.end().held()).isEqualTo(micros(20));
    }

    @Test
    void theMeasureFollowsTheLoadAndOneOutlierDoesNotMoveIt() {
        apply(100_000, 1, 10);
        apply(1, 1, 10_000);
        times.begin();
        apply(10, 1, 40);
        assertThat(times.end().held()).isBetween(micros(150), micros(300));
        apply(10_000, 1, 40);
        times.begin();
        apply(10, 1, 40);
        assertThat(times.end().held()).isLessThan(micros(10));
    }

    @Test
    void withoutEntriesOrABeginningThereIsNothing() {
        ApplyCost nothing = new ApplyCost(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        times.begin();
        assertThat(times.end()).isEqualTo(nothing);
        apply(5, 1, 10);
        assertThat(times.end()).isEqualTo(nothing);
    }

    @Test
    void entriesOfEverySizeHaveAPlace() {
        for (int transactions : new int[] {0, 1, 4096, Integer.MAX_VALUE}) {
            apply(10, transactions, 10);
            times.begin();
            apply(1, transactions, 25);
            assertThat(times.end().held()).as("%d", transactions).isEqualTo(micros(15));
        }
    }
}
