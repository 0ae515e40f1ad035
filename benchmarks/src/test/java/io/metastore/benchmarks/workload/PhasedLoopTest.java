package io.metastore.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.benchmarks.workload.PhasedLoop.Phase;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PhasedLoopTest {
    @Test
    void operationBelongsToThePhaseInWhichItBegan() throws InterruptedException {
        // given
        Semaphore begun = new Semaphore(0);
        Semaphore allowed = new Semaphore(0);
        PhasedLoop loop = PhasedLoop.start(1, () -> 0, random -> {
            begun.release();
            allowed.acquire();
        });
        begun.acquire();
        // when
        loop.begin(Phase.QUIET);
        allowed.release(); // The one that began uncounted.
        begun.acquire();
        allowed.release();
        begun.acquire();
        loop.begin(Phase.DISTURBED);
        allowed.release(); // Began in the quiet phase.
        begun.acquire();
        allowed.release(1_000_000_000); // Began in the disturbed one; as those do that follow.
        begun.acquire(3);
        loop.end();
        // then
        assertThat(loop.result(Phase.QUIET).latencies().count()).isEqualTo(2);
        assertThat(loop.result(Phase.DISTURBED).latencies().count()).isGreaterThanOrEqualTo(3);
        assertThat(loop.errors()).isZero();
    }

    @Test
    void phasesThatComeAgainAddUp() throws InterruptedException {
        AtomicLong cpu = new AtomicLong();
        CountDownLatch called = new CountDownLatch(10);
        PhasedLoop loop = PhasedLoop.start(2, cpu::get, random -> {
            called.countDown();
            throw new IllegalStateException("refused");
        });
        loop.begin(Phase.QUIET);
        called.await();
        cpu.addAndGet(5);
        loop.begin(Phase.DISTURBED);
        cpu.addAndGet(1_000);
        loop.begin(Phase.QUIET);
        cpu.addAndGet(7);
        loop.end();
        assertThat(loop.result(Phase.QUIET).cpuNanos()).isEqualTo(12);
        assertThat(loop.result(Phase.QUIET).seconds()).isPositive();
        assertThat(loop.result(Phase.QUIET).opsPerSecond()).isZero();
        assertThat(loop.errors()).isGreaterThanOrEqualTo(10);
    }
}
