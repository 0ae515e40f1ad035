package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Check;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.Op;
import io.metastore.api.OverloadedException;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.raft.MemberProbe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is too large is refused with its size, the limit and the option, and nothing of it is written. */
class LimitsTest extends OneMember {

    private static final Limits SMALL = Limits.defaults().toBuilder()
            .keyBytesMax(10)
            .valueBytesMax(100)
            .transactionBytesMax(2000)
            .transactionOperationsMax(30)
            .queueTransactionsMax(4)
            .build();

    private Table<String, String> notes;
    private Revision before;

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.limits(SMALL);
    }

    @BeforeEach
    void table() {
        notes = store.table(NOTES);
        before = store.revision();
    }

    @AfterEach
    void reopeningWorks() {
        reopen();
        store.table(NOTES).put("works", "still");
        assertThat(MemberProbe.recomputeFingerprint(store))
                .isEqualTo(MemberProbe.of(store).fingerprint());
    }

    private void nothingWasWritten() {
        assertThat(store.revision()).isEqualTo(before);
        assertThat(notes.count(Range.all())).isZero();
    }

    /** Every way to hand a key to the store. */
    private List<ThrowingCallable> usesOf(String key) {
        return List.of(
                () -> notes.put(key, "v"),
                () -> notes.get(key),
                () -> notes.getEntry(key),
                () -> notes.contains(key),
                () -> notes.putIfAbsent(key, "v"),
                () -> notes.replace(key, 1, "v"),
                () -> notes.remove(key),
                () -> notes.remove(key, 1),
                () -> store.apply(Batch.of(Op.put(NOTES, "fine", "v"), Op.remove(NOTES, key))),
                () -> store.apply(Batch.when(Check.absent(NOTES, key)).then(Op.put(NOTES, "fine", "v"))),
                () -> store.update(tx -> {
                    tx.in(NOTES).put("fine", "v");
                    tx.in(NOTES).put(key, "v");
                }),
                () -> store.compute(tx -> tx.in(NOTES).get(key)),
                () -> store.read(
                        ReadMode.local(), snapshot -> snapshot.in(NOTES).get(key)),
                () -> result(store.async().table(NOTES).put(key, "v")));
    }

    @Test
    void anEmptyKeyIsRefusedWhereverAKeyIsGiven() {
        List<ThrowingCallable> uses = usesOf("");
        for (int i = 0; i < uses.size(); i++) {
            assertThatThrownBy(uses.get(i))
                    .as("use %d", i)
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessage("key is empty: table=notes actual=0 least=1; no setting allows it, give the key at"
                            + " least one byte");
        }
        nothingWasWritten();
    }

    @Test
    void aKeyThatIsTooLargeIsRefusedWhereverAKeyIsGivenAndTheLargestIsNot() {
        List<ThrowingCallable> uses = usesOf("elevenbytes");
        for (int i = 0; i < uses.size(); i++) {
            assertThatThrownBy(uses.get(i))
                    .as("use %d", i)
                    .isInstanceOfSatisfying(LimitExceededException.class, e -> {
                        assertThat(e.actual()).isEqualTo(11);
                        assertThat(e.limit()).isEqualTo(10);
                        assertThat(e.option()).isEqualTo("limits.keyBytesMax");
                    })
                    .hasMessageContaining("actual=11 limit=10")
                    .hasMessageContaining("limits.keyBytesMax");
        }
        nothingWasWritten();
        notes.put("ten_bytes!", "v");
        assertThat(notes.get("ten_bytes!")).contains("v");
    }

    @Test
    void aValueThatIsTooLargeIsRefusedAndTheLargestIsNot() {
        String large = "x".repeat(101);
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> notes.put("k", large),
                () -> notes.putIfAbsent("k", large),
                () -> notes.replace("k", 1, large),
                () -> store.apply(Batch.of(Op.put(NOTES, "k", large))),
                () -> store.update(tx -> tx.in(NOTES).put("k", large)),
                () -> result(store.async().table(NOTES).put("k", large)))) {
            assertThatThrownBy(use)
                    .isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("actual=101 limit=100")
                    .hasMessageContaining("limits.valueBytesMax");
        }
        nothingWasWritten();
        notes.put("k", "x".repeat(100));
    }

    @Test
    void aTransactionThatIsTooLargeIsRefusedAsAWhole() {
        List<Op> puts = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            puts.add(Op.put(NOTES, "k" + i, "x".repeat(90)));
        }
        for (ThrowingCallable use : List.<ThrowingCallable>of(
                () -> store.apply(Batch.of(puts)),
                () -> result(store.async().apply(Batch.of(puts))),
                () -> store.update(tx -> {
                    for (int i = 0; i < 25; i++) {
                        tx.in(NOTES).put("k" + i, "x".repeat(90));
                    }
                }))) {
            assertThatThrownBy(use)
                    .isInstanceOfSatisfying(LimitExceededException.class, e -> {
                        assertThat(e.actual()).isGreaterThan(2000);
                        assertThat(e.limit()).isEqualTo(2000);
                    })
                    .hasMessageContaining("limits.transactionBytesMax");
        }
        nothingWasWritten();
    }

    @Test
    void aBatchOfTooManyOperationsIsRefusedAndOneOfExactlyEnoughIsNot() {
        List<Op> puts = new ArrayList<>();
        for (int i = 0; i < 31; i++) {
            puts.add(Op.put(NOTES, "k" + i, "v"));
        }
        assertThatThrownBy(() -> store.apply(Batch.of(puts)))
                .isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("actual=31 limit=30")
                .hasMessageContaining("limits.transactionOperationsMax");
        nothingWasWritten();
        store.apply(Batch.of(puts.subList(0, 30)));
        assertThat(notes.count(Range.all())).isEqualTo(30);
    }

    @Test
    void aFullQueueRefusesWithNumbersAndWhatWasTakenIsWritten() {
        List<CompletableFuture<Revision>> writes = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            writes.add(store.async().table(NOTES).put("k" + i, "v"));
        }
        int written = 0;
        int refused = 0;
        for (CompletableFuture<Revision> write : writes) {
            try {
                result(write);
                written++;
            } catch (OverloadedException e) {
                refused++;
                assertThat(e.outcome()).isEqualTo(MetastoreException.Outcome.NOT_APPLIED);
                assertThat(e)
                        .hasMessageContaining("transactions=5 limit=4")
                        .hasMessageContaining("limits.queueTransactionsMax");
            }
        }
        assertThat(refused).isPositive();
        assertThat(written).isPositive();
        assertThat(notes.count(Range.all())).isEqualTo(written);
        notes.put("after", "it is taken again");
    }

    @Test
    void theLargestTransactionThereCanBeIsWrittenAndSurvives(@TempDir Path other) {
        Limits largest = Limits.defaults().toBuilder()
                .transactionBytesMax(3 << 20)
                .valueBytesMax(2 << 20)
                .keyBytesMax(65_536)
                .build();
        String key = "k".repeat(65_536);
        String value = "v".repeat(2 << 20);
        String rest = "r".repeat((3 << 20) - (2 << 20) - 65_536 - 200);
        try (MetaStore large = MetaStore.builder(other).limits(largest).open()) {
            large.table(NOTES);
            large.apply(Batch.of(Op.put(NOTES, key, value), Op.put(NOTES, "rest", rest)));
        }
        try (MetaStore large = MetaStore.builder(other).limits(largest).open()) {
            assertThat(large.table(NOTES).get(key)).contains(value);
            assertThat(large.table(NOTES).get("rest")).contains(rest);
        }
    }
}
