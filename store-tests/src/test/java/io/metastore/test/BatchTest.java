package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.BatchRejectedException;
import io.metastore.api.BatchResult;
import io.metastore.api.CasResult;
import io.metastore.api.Check;
import io.metastore.api.Entry;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Conditions and changes in one round trip. */
class BatchTest extends OneMember {

    private Table<String, String> notes;

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.limits(
                Limits.defaults().toBuilder().removeRangeEntriesMax(3).build());
    }

    @BeforeEach
    void table() {
        notes = store.table(NOTES);
        notes.put("a", "1");
        notes.put("a", "2");
    }

    @Test
    void everyKindOfCheckHoldsExactlyWhenItShould() {
        for (Check holds : List.of(Check.exists(NOTES, "a"), Check.absent(NOTES, "b"), Check.version(NOTES, "a", 2))) {
            assertThat(store.apply(Batch.when(holds).then()).matched())
                    .as("%s", holds)
                    .isTrue();
        }
        for (Check fails : List.of(
                Check.exists(NOTES, "b"),
                Check.absent(NOTES, "a"),
                Check.version(NOTES, "a", 1),
                Check.version(NOTES, "a", 3),
                Check.version(NOTES, "b", 1))) {
            assertThat(store.apply(Batch.when(fails).then(Op.put(NOTES, "no", "no")))
                            .matched())
                    .as("%s", fails)
                    .isFalse();
        }
        assertThat(notes.contains("no")).isFalse();
    }

    @Test
    void allChecksMustHoldAndOneBranchIsTakenAsAWhole() {
        Batch batch = Batch.when(Check.exists(NOTES, "a"), Check.absent(COUNTERS, "n"))
                .then(Op.put(COUNTERS, "n", 1L), Op.put(NOTES, "then", "x"))
                .otherwise(Op.remove(NOTES, "a"), Op.put(NOTES, "otherwise", "x"));
        Revision before = store.apply(Batch.of(Op.put(COUNTERS, "warm", 0L))).revision();
        BatchResult first = store.apply(batch);
        assertThat(first.matched()).isTrue();
        assertThat(first.revision().number()).isEqualTo(before.number() + 1);
        assertThat(notes.contains("then")).isTrue();
        assertThat(notes.contains("otherwise")).isFalse();
        BatchResult second = store.apply(batch);
        assertThat(second.matched()).isFalse();
        assertThat(second.revision().number()).isEqualTo(before.number() + 2);
        assertThat(notes.contains("a")).isFalse();
        assertThat(notes.contains("otherwise")).isTrue();
        assertThat(store.table(COUNTERS).get("n")).contains(1L);
    }

    @Test
    void failedChecksWithoutAnotherBranchChangeNothing() {
        Revision before = store.revision();
        BatchResult result = store.apply(Batch.when(Check.absent(NOTES, "a")).then(Op.put(NOTES, "a", "x")));
        assertThat(result.matched()).isFalse();
        assertThat(result.revision().number()).isEqualTo(before.number());
        assertThat(store.revision().number()).isEqualTo(before.number());
    }

    @Test
    void failedChecksAreAnErrorWithTheReasonAndTheFirstOneThatFailedWhenAskedFor() {
        assertThatThrownBy(() -> store.apply(
                        Batch.when(Check.exists(NOTES, "a"), Check.absent(NOTES, "a"), Check.exists(NOTES, "zzz"))
                                .then(Op.put(NOTES, "x", "y"))
                                .otherwiseFail("a is taken")))
                .isInstanceOfSatisfying(BatchRejectedException.class, e -> {
                    assertThat(e.reason()).isEqualTo("a is taken");
                    assertThat(e.check()).isEqualTo(1);
                    assertThat(e.currentVersion()).isEqualTo(2);
                })
                .hasMessageStartingWith("a is taken")
                .hasMessageContaining("check=1")
                .hasMessageContaining("currentVersion=2");
        assertThat(notes.contains("x")).isFalse();
    }

    @Test
    void changesAreMadeInOrderEachSeeingThoseBeforeIt() {
        store.apply(Batch.of(
                Op.put(NOTES, "a", "3"),
                Op.remove(NOTES, "a"),
                Op.put(NOTES, "a", "4"),
                Op.put(NOTES, "a", "5"),
                Op.put(NOTES, "b1", "x"),
                Op.removeRange(NOTES, Range.prefix("b")),
                Op.put(NOTES, "b2", "x")));
        Entry<String, String> entry = notes.getEntry("a").orElseThrow();
        assertThat(entry.value()).isEqualTo("5");
        assertThat(entry.version())
                .as("created again inside the batch, then written")
                .isEqualTo(2);
        assertThat(entry.createRevision()).isEqualTo(entry.modRevision());
        assertThat(notes.scan(Range.prefix("b")).entries())
                .extracting(Entry::key)
                .containsExactly("b2");
    }

    @Test
    void checksDoNotSeeTheChangesOfTheirBatch() {
        BatchResult result = store.apply(Batch.when(Check.absent(NOTES, "new"), Check.version(NOTES, "a", 2))
                .then(Op.put(NOTES, "new", "x"), Op.put(NOTES, "a", "x")));
        assertThat(result.matched()).isTrue();
    }

    @Test
    void aBatchThatFailsHalfwayLeavesNothing() {
        // given
        for (int i = 0; i < 4; i++) {
            notes.put("r" + i, "x");
        }
        Revision before = store.revision();
        // when
        assertThatThrownBy(() -> store.apply(Batch.of(
                        Op.put(COUNTERS, "n", 1L),
                        Op.remove(NOTES, "a"),
                        Op.removeRange(NOTES, Range.prefix("r")),
                        Op.put(NOTES, "z", "x"))))
                // then
                .isInstanceOfSatisfying(LimitExceededException.class, e -> {
                    assertThat(e.actual()).isEqualTo(4);
                    assertThat(e.limit()).isEqualTo(3);
                    assertThat(e.option()).isEqualTo("limits.removeRangeEntriesMax");
                })
                .hasMessageContaining("'notes'")
                .hasMessageContaining("actual=4 limit=3");
        assertThat(notes.contains("a")).isTrue();
        assertThat(notes.contains("z")).isFalse();
        assertThat(store.table(COUNTERS).contains("n")).isFalse();
        assertThat(store.revision().number()).as("only a table was registered").isEqualTo(before.number() + 1);
        assertThatThrownBy(() -> notes.removeRange(Range.prefix("r"))).hasMessageContaining("actual=4 limit=3");
        assertThat(notes.removeRange(Range.<String>prefix("r").limit(3)).count())
                .isEqualTo(3);
    }

    @Test
    void aBatchOfNothingIsFine() {
        Revision before = store.revision();
        assertThat(store.apply(Batch.of()).matched()).isTrue();
        assertThat(store.revision().number()).isEqualTo(before.number());
    }

    @Test
    void anAnswerThatChecksFailedIsNoOlderOnAFollowerThanWhatWasChecked() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember follower = cluster.anyFollower();
            Table<String, String> there = follower.table(NOTES);
            Table<String, String> here = cluster.leader().table(NOTES);
            for (int i = 0; i < 100; i++) {
                String key = "k" + i;
                Revision written = here.put(key, "v");
                BatchResult result = follower.store()
                        .apply(Batch.when(Check.absent(NOTES, key)).then());
                assertThat(result.matched()).isFalse();
                assertThat(result.revision().number()).isGreaterThanOrEqualTo(written.number());
                assertThat(there.putIfAbsent(key, "w")).isEqualTo(new CasResult.Conflict(1));
                assertThat(there.reading(ReadMode.local()).get(key)).contains("v");
            }
        }
    }
}
