package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Committed;
import io.metastore.api.MetaStore;
import io.metastore.api.TransactionAbortedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The switch that runs every transaction body twice: side effects show, results stay the same. */
@MetaStoreTest(voters = 1, rerunClosures = true)
class RerunClosuresTest {

    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger afterCommit = new AtomicInteger();

    @Test
    void aSideEffectShowsAndTheResultIsThatOfOneRun(MetaStore store) {
        store.table(COUNTERS).put("n", 5L);
        Committed<Long> result = store.compute(tx -> {
            runs.incrementAndGet();
            tx.afterCommit(afterCommit::incrementAndGet);
            long next = tx.in(COUNTERS).get("n").orElseThrow() + 1;
            tx.in(COUNTERS).put("n", next);
            return next;
        });
        assertThat(runs).as("the side effect").hasValue(2);
        assertThat(result.value()).isEqualTo(6);
        assertThat(store.table(COUNTERS).getEntry("n").orElseThrow())
                .satisfies(entry -> assertThat(entry.value()).isEqualTo(6))
                .satisfies(entry -> assertThat(entry.version()).isEqualTo(2));
        assertThat(afterCommit).hasValue(1);
    }

    @Test
    void updatesAndAsynchronousCallsRunTwiceToo(MetaStore store) {
        store.update(tx -> runs.incrementAndGet());
        assertThat(runs).hasValue(2);
        OneMember.result(store.async().update(tx -> tx.in(NOTES).put("k", "v" + runs.incrementAndGet())));
        assertThat(runs).hasValue(4);
        assertThat(store.table(NOTES).get("k")).contains("v4");
    }

    @Test
    void aBodyThatGivesUpGivesUpOnceForItsCaller(MetaStore store) {
        assertThatThrownBy(() -> store.update(tx -> {
                    tx.in(NOTES).put("k", "v");
                    tx.afterCommit(afterCommit::incrementAndGet);
                    throw tx.abort("run " + runs.incrementAndGet());
                }))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessageContaining("run 2");
        assertThat(store.table(NOTES).contains("k")).isFalse();
        assertThat(afterCommit).hasValue(0);
    }

    @Test
    @MetaStoreTest(voters = 1)
    void withoutTheSwitchABodyRunsOnce(MetaStore store) {
        store.update(tx -> runs.incrementAndGet());
        assertThat(runs).hasValue(1);
    }
}
