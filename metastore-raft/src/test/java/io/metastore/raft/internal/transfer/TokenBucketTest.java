package io.metastore.raft.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private final VirtualClock clock = new VirtualClock();

    @Test
    void keepsToItsRateWhateverIsTakenAtATime() throws InterruptedException {
        long seed = 20_261_125;
        Random random = new Random(seed);
        TokenBucket bucket = new TokenBucket(1_000_000, 50_000, clock);
        long start = clock.nanoTime();
        long taken = 0;
        for (int i = 0; i < 1_000; i++) {
            int bytes = 1 + random.nextInt(200_000);
            bucket.take(bytes);
            taken += bytes;
            if (random.nextInt(10) == 0) { // The network is slower than the bucket now and then.
                clock.await(random.nextInt(100_000_000));
            }
            double seconds = (clock.nanoTime() - start) / 1e9;
            assertThat(taken)
                    .as("seed %d, take %d", seed, i)
                    .isLessThanOrEqualTo((long) (seconds * 1_000_000) + 50_001);
        }
        double seconds = (clock.nanoTime() - start) / 1e9;
        assertThat(taken / seconds).isBetween(900_000.0, 1_001_000.0);
    }

    @Test
    void aBurstGoesAtOnceAndIsNotSavedUpTwice() throws InterruptedException {
        TokenBucket bucket = new TokenBucket(1_000, 500, clock);
        bucket.take(500);
        assertThat(clock.waitedNanos()).isZero();
        clock.advanceSeconds(3_600);
        bucket.take(500);
        assertThat(clock.waitedNanos()).isZero();
        bucket.take(500);
        assertThat(clock.waitedNanos()).isBetween(499_000_000L, 501_000_000L);
    }

    @Test
    void withoutALimitNobodyWaits() throws InterruptedException {
        TokenBucket bucket = new TokenBucket(TokenBucket.UNLIMITED, 0, clock);
        bucket.take(Long.MAX_VALUE);
        assertThat(clock.waitedNanos()).isZero();
    }

    @Test
    void refusesARateThatIsNone() {
        assertThatThrownBy(() -> new TokenBucket(0, 0, clock)).isInstanceOf(IllegalArgumentException.class);
    }
}
