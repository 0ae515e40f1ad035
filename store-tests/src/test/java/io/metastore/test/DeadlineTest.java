package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreClosedException;
import io.metastore.api.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Deadlines of all lengths: whatever the caller is told is true. */
class DeadlineTest extends OneMember {

    @Test
    void whatACallerWasToldAboutAWriteThatRanOutOfTimeIsTrue() {
        // given
        store.table(NOTES);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> there = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        int unknown = 0;
        // when
        for (int i = 0; i < 400; i++) {
            String key = "k" + i;
            MetaStore impatient = store.withTimeout(Duration.ofNanos(1 + random.nextInt(2_000_000)));
            try {
                impatient.apply(io.metastore.api.Batch.of(io.metastore.api.Op.put(NOTES, key, "v")));
                there.add(key);
            } catch (DeadlineExceededException e) {
                absent.add(key);
            } catch (OutcomeUnknownException e) {
                unknown++;
                boolean committed = e.resolve(PATIENCE) instanceof OutcomeUnknownException.WasCommitted;
                (committed ? there : absent).add(key);
            }
        }
        // then
        System.out.println("deadlines: seed=" + seed + " written=" + there.size() + " not=" + absent.size()
                + " of these first unknown=" + unknown);
        for (int round = 0; round < 2; round++) {
            Table<String, String> notes = store.table(NOTES);
            assertThat(there).as("seed=%d", seed).allMatch(notes::contains);
            assertThat(absent).as("seed=%d", seed).noneMatch(notes::contains);
            reopen();
        }
    }

    @Test
    void anOutcomeThatIsUnknownCanOnlyBeResolvedWhileTheStoreIsOpen() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember leader = cluster.leader();
            leader.table(NOTES).put("k", "v");
            leader.isolate();
            MetaStore impatient = leader.store().withTimeout(Duration.ofMillis(50));
            OutcomeUnknownException error = catchThrowableOfType(
                    OutcomeUnknownException.class, () -> impatient.table(NOTES).put("k", "w"));
            assertThat(error).isNotNull();
            leader.stop();
            assertThatThrownBy(() -> error.resolve(Duration.ofSeconds(1))).isInstanceOf(StoreClosedException.class);
        }
    }

    @Test
    void deadlinesAndLagsMayBeAsLongAsADurationCanSay() {
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        MetaStore patient = store.withTimeout(forever);
        Revision revision = patient.table(NOTES).put("k", "v");
        assertThat(patient.table(NOTES).get("k")).contains("v");
        assertThat(patient.table(NOTES).reading(ReadMode.maxLag(forever)).get("k"))
                .contains("v");
        patient.update(tx -> tx.in(NOTES).put("k", tx.in(NOTES).get("k").orElseThrow()));
        result(patient.async().table(NOTES).get("k"));
        store.awaitRevision(revision, forever);
    }
}
