package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.MetaStore;
import io.metastore.raft.MicrometerMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Closing while a part does not come to its end: it ends in time all the same, and only that part is left. */
@Timeout(60)
@Tag("alone")
class StuckCloseTest {

    /** Two seconds are promised; the rest is for a machine that does other things too. */
    private static final Duration BOUND = Duration.ofMillis(2500);

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private final CommandType<String, String> stuck =
            CommandType.of("stuck", Codecs.utf8(), Codecs.utf8(), (context, argument) -> {
                entered.countDown();
                awaitUninterruptibly(released);
                return argument;
            });

    @AfterEach
    void release() {
        released.countDown();
    }

    @Test
    void metersThatAreNotTakenBackDoNotKeepTheMemberOpen(@TempDir Path temporary) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry() {
            @Override
            public Meter remove(Meter meter) {
                if (meter.getId().getName().startsWith("metastore.")) {
                    entered.countDown();
                    awaitUninterruptibly(released);
                }
                return super.remove(meter);
            }
        };
        Path directory = temporary.resolve("store");
        MetaStore store = MetaStore.builder(directory)
                .with(MicrometerMetrics.of(registry))
                .open();
        store.table(NOTES).put("k", "v");
        // when
        Duration took = timed(store::close);
        // then
        assertThat(entered.getCount()).as("somebody is stuck").isZero();
        assertThat(took).isLessThan(BOUND);
        try (MetaStore again = MetaStore.open(directory)) { // Directory, journal and state are free.
            assertThat(again.table(NOTES).get("k")).contains("v");
        }
    }

    @Test
    void commandsThatDoNotEndOnAnyMemberDoNotKeepThreeMembersOpen() throws Exception {
        TestCluster cluster =
                TestCluster.builder().configure(each -> each.commands(stuck)).start();
        cluster.leader().table(NOTES).put("k", "v");
        CompletableFuture<String> call = cluster.leader().store().async().execute(stuck, "x");
        entered.await();
        // when
        Duration took = timed(cluster::close);
        // then
        assertThat(took).isLessThan(BOUND);
        assertThat(call).as("answered by the closing").isCompletedExceptionally();
    }

    private static Duration timed(Runnable action) {
        long started = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - started);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
