package io.metastore.test;

import static io.metastore.test.Catalog.COUNTERS;
import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Committed;
import io.metastore.api.Entry;
import io.metastore.api.ForbiddenThreadException;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.Transaction;
import io.metastore.api.TransactionAbortedException;
import io.metastore.api.TransactionTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a transaction body may do and see, and what is left of it when it fails. */
class TransactionTest extends OneMember {

    private static final int OPERATIONS_MAX = 50;

    private Table<String, String> notes;

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.limits(Limits.defaults().toBuilder()
                .transactionOperationsMax(OPERATIONS_MAX)
                .build());
    }

    @BeforeEach
    void table() {
        notes = store.table(NOTES);
    }

    @Test
    void allChangesOfABodyAreOneRevisionOverAllTables() {
        store.table(COUNTERS).put("n", 1L);
        notes.put("old", "x");
        Revision before = store.revision();
        Committed<Long> done = store.compute(tx -> {
            long next = tx.in(COUNTERS).get("n").orElseThrow() + 1;
            tx.in(COUNTERS).put("n", next);
            tx.in(NOTES).put("new", "v" + next);
            tx.in(NOTES).remove("old");
            return next;
        });
        assertThat(done.value()).isEqualTo(2);
        assertThat(done.revision().number()).isEqualTo(before.number() + 1);
        assertThat(notes.getEntry("new"))
                .contains(new Entry<>(
                        "new",
                        "v2",
                        1,
                        done.revision().number(),
                        done.revision().number()));
        assertThat(notes.contains("old")).isFalse();
    }

    @Test
    void aBodySeesItsOwnWritesWithVersionsThatCountOn() {
        notes.put("k", "stored");
        long created = notes.getEntry("k").orElseThrow().createRevision();
        store.update(tx -> {
            TransactionTable<String, String> table = tx.in(NOTES);
            table.put("k", "mine");
            assertThat(table.getEntry("k")).contains(new Entry<>("k", "mine", 2, created, 0));
            assertThat(table.remove("k")).isTrue();
            assertThat(table.remove("k")).isFalse();
            assertThat(table.get("k")).isEmpty();
            assertThat(table.putIfAbsent("k", "again")).isTrue();
            assertThat(table.putIfAbsent("k", "no")).isFalse();
            assertThat(table.getEntry("k")).contains(new Entry<>("k", "again", 1, 0, 0));
        });
        assertThat(notes.get("k")).contains("again");
    }

    @Test
    void aBodyThatOnlyReadsMakesNoRevisionAndMayReturnNull() {
        notes.put("k", "v");
        Revision before = store.revision();
        Committed<String> nothing =
                store.compute(tx -> tx.in(NOTES).get("absent").orElse(null));
        assertThat(nothing.value()).isNull();
        assertThat(nothing.revision()).isEqualTo(before);
        assertThat(store.update(tx -> {})).isEqualTo(before);
        assertThat(store.update(tx -> tx.in(NOTES).remove("absent")).number()).isEqualTo(before.number());
        assertThat(store.revision().number()).isEqualTo(before.number());
    }

    @Test
    void givingUpLeavesNothingAndTellsTheReason() {
        Revision before = store.revision();
        assertThatThrownBy(() -> store.update(tx -> {
                    tx.in(NOTES).put("k", "v");
                    tx.afterCommit(() -> notes.put("after", "v"));
                    throw tx.abort("no such database");
                }))
                .isInstanceOf(TransactionAbortedException.class)
                .hasMessage("no such database");
        assertThat(notes.count(Range.all())).isZero();
        assertThat(store.revision()).isEqualTo(before);
    }

    @Test
    void whateverTheBodyThrowsReachesTheCallerAsItIsAndNothingIsWritten() {
        for (Throwable thrown : List.of(new IllegalArgumentException("mine"), new AssertionError("mine"))) {
            assertThatThrownBy(() -> store.update(tx -> {
                        tx.in(NOTES).put("k", "v");
                        if (thrown instanceof RuntimeException runtime) {
                            throw runtime;
                        }
                        throw (Error) thrown;
                    }))
                    .isSameAs(thrown);
        }
        assertThat(notes.contains("k")).isFalse();
    }

    @Test
    void actionsAfterTheCommitRunOnceInOrderEvenWhenTheBodyRanAgain() {
        List<String> done = new ArrayList<>();
        AtomicInteger runs = new AtomicInteger();
        store.update(tx -> {
            tx.in(NOTES).get("k");
            int run = runs.incrementAndGet();
            if (run == 1) {
                elsewhere(() -> notes.put("k", "theirs"));
            }
            tx.in(NOTES).put("k", "mine");
            tx.afterCommit(() -> done.add("first of run " + run));
            tx.afterCommit(() -> done.add("second sees " + notes.get("k").orElseThrow()));
        });
        assertThat(runs.get()).isEqualTo(2);
        assertThat(done).containsExactly("first of run 2", "second sees mine");
    }

    @Test
    void anActionAfterTheCommitThatFailsReachesTheCallerAndTheCommitStays() {
        assertThatThrownBy(() -> store.update(tx -> {
                    tx.in(NOTES).put("k", "v");
                    tx.afterCommit(() -> {
                        throw new IllegalStateException("action");
                    });
                }))
                .hasMessage("action");
        assertThat(notes.get("k")).contains("v");
    }

    @Test
    void aTransactionIsOverWhenItsBodyHasReturned() {
        Kept<Transaction> kept = new Kept<>();
        Kept<TransactionTable<String, String>> table = new Kept<>();
        store.update(tx -> {
            kept.set(tx);
            table.set(tx.in(NOTES));
        });
        List<ThrowingCallable> uses = List.of(
                () -> kept.get().in(NOTES),
                () -> kept.get().afterCommit(() -> {}),
                () -> table.get().get("k"),
                () -> table.get().getEntry("k"),
                () -> table.get().contains("k"),
                () -> table.get().put("k", "late"),
                () -> table.get().putIfAbsent("k", "late"),
                () -> table.get().remove("k"),
                () -> table.get().removeRange(Range.all()),
                () -> table.get().scan(Range.all()),
                () -> table.get().count(Range.all()));
        for (int i = 0; i < uses.size(); i++) {
            ThrowingCallable use = uses.get(i);
            assertThatIllegalStateException().as("use %d", i).isThrownBy(use).withMessageContaining("after its body");
        }
        assertThat(notes.contains("k")).isFalse();
    }

    @Test
    void waitingForTheStoreInsideABodyIsRefusedAtOnceWhateverTheCall() {
        List<Consumer<MetaStore>> calls = List.of(
                inner -> inner.table(NOTES),
                inner -> notes.get("k"),
                inner -> notes.put("k", "v"),
                inner -> notes.reading(ReadMode.local()).scan(Range.all()),
                inner -> inner.update(tx -> {}),
                inner -> inner.withTimeout(Duration.ofSeconds(1)).compute(tx -> 1),
                inner -> inner.apply(Batch.of(Op.put(NOTES, "k", "v"))),
                inner -> inner.read(ReadMode.local(), snapshot -> 1),
                inner -> inner.ids("n").next(),
                inner -> inner.awaitRevision(inner.revision(), Duration.ofSeconds(1)),
                MetaStore::status,
                MetaStore::close);
        for (int i = 0; i < calls.size(); i++) {
            Consumer<MetaStore> call = calls.get(i);
            assertThatThrownBy(() -> store.update(tx -> call.accept(store)))
                    .as("call %d", i)
                    .isInstanceOf(ForbiddenThreadException.class)
                    .hasMessageContaining("transaction body");
            assertThatThrownBy(() -> store.read(ReadMode.local(), snapshot -> {
                        call.accept(store);
                        return 1;
                    }))
                    .as("call %d", i)
                    .isInstanceOf(ForbiddenThreadException.class)
                    .hasMessageContaining("snapshot reader");
        }
        notes.put("k", "the store is open and the lane was left");
        assertThat(store.health().ready()).isTrue();
    }

    @Test
    void anotherStoreMayBeUsedInsideABodyButTheWayBackIsRefused(@TempDir Path other) {
        notes.put("k", "v");
        try (MetaStore copy = MetaStore.open(other.resolve("copy"))) {
            store.read(ReadMode.local(), snapshot -> {
                snapshot.in(NOTES).stream(Range.all())
                        .forEach(entry -> copy.table(NOTES).put(entry.key(), entry.value()));
                return 0;
            });
            assertThat(copy.table(NOTES).get("k")).contains("v");
            assertThatThrownBy(() -> store.update(mine -> copy.update(theirs -> notes.get("k"))))
                    .isInstanceOf(ForbiddenThreadException.class);
        }
    }

    @Test
    void moreOperationsThanAllowedAreRefusedWithNumbersAndNothingIsWritten() {
        assertThatThrownBy(() -> store.update(tx -> {
                    for (int i = 0; i < OPERATIONS_MAX; i++) {
                        tx.in(NOTES).put("k" + i, "v");
                    }
                    tx.in(NOTES).get("one read too many");
                }))
                .isInstanceOfSatisfying(LimitExceededException.class, e -> {
                    assertThat(e.actual()).isEqualTo(OPERATIONS_MAX + 1);
                    assertThat(e.limit()).isEqualTo(OPERATIONS_MAX);
                })
                .hasMessageContaining("limits.transactionOperationsMax");
        assertThat(notes.count(Range.all())).isZero();
    }

    @Test
    void aScanOfMoreEntriesThanOperationsAreAllowedIsOneReadOfARange() {
        for (int batch = 0; batch < 4; batch++) {
            List<Op> puts = new ArrayList<>();
            for (int i = 0; i < OPERATIONS_MAX; i++) {
                puts.add(Op.put(NOTES, "k" + batch + "-" + i, "v"));
            }
            store.apply(Batch.of(puts));
        }
        store.update(tx ->
                tx.in(NOTES).put("count", "" + tx.in(NOTES).scan(Range.all()).size()));
        assertThat(notes.get("count")).contains("200");
    }

    @Test
    void aBodyThatOnlyReadsSeesWhatAnotherMemberHasWrittenBefore() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember follower = cluster.anyFollower();
            Table<String, String> written = cluster.leader().table(NOTES);
            for (int i = 0; i < 50; i++) {
                String value = "v" + i;
                written.put("k", value);
                assertThat(follower.store().compute(tx -> tx.in(NOTES).get("k")).value())
                        .contains(value);
            }
        }
    }
}
