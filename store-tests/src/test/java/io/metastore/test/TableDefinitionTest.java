package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Check;
import io.metastore.api.CodecException;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.IncompatibleTableException;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What definitions a store takes for a table it knows, and how values of older versions are read. */
class TableDefinitionTest extends OneMember {

    private static final TableDef<String, String> V1 = TableDef.of("things", Codecs.utf8(), Codecs.utf8());
    private static final TableDef<String, Long> V2 = TableDef.of("things", Codecs.utf8(), Codecs.int64())
            .version(2)
            .upgradeFrom(1, bytes -> Long.parseLong(new String(bytes, StandardCharsets.UTF_8)));

    private static final TableDef<Long, String> OTHER_KEY = TableDef.of("things", Codecs.int64(), Codecs.utf8());
    private static final TableDef<String, Long> OTHER_VALUE = TableDef.of("things", Codecs.utf8(), Codecs.int64());

    private static final CommandType<String, Long> USE_OTHER_VALUE =
            CommandType.of("use-other-value", Codecs.utf8(), Codecs.int64(), (context, key) -> {
                context.in(OTHER_VALUE).put(key, 1L);
                return 0L;
            });

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.commands(USE_OTHER_VALUE);
    }

    @Test
    void valuesOfAnOlderVersionAreUpgradedWhenReadAndStayUntilTheyAreWritten() {
        store.table(V1).put("a", "17");
        Table<String, Long> things = store.table(V2);
        assertThat(things.get("a")).contains(17L);
        assertThat(things.getEntry("a").orElseThrow().version()).isEqualTo(1);
        assertThat(things.scan(Range.all()).entries().get(0).value()).isEqualTo(17);
        things.put("b", 18L);
        reopen();
        assertThat(store.table(V2).get("a")).contains(17L);
        assertThat(store.compute(tx -> tx.in(V2).get("b")).value()).contains(18L);
    }

    @Test
    void aValueWithoutAnUpgradeIsNotReadableButStaysThere() {
        store.table(V1).put("a", "17");
        TableDef<String, Long> withoutUpgrade =
                TableDef.of("things", Codecs.utf8(), Codecs.int64()).version(2);
        Table<String, Long> things = store.table(withoutUpgrade);
        assertThatThrownBy(() -> things.get("a"))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("stored=1")
                .hasMessageContaining("defined=2")
                .hasMessageContaining("upgradeFrom(1");
        assertThat(things.contains("a")).isTrue();
        assertThat(store.table(V2).get("a")).contains(17L);
    }

    @Test
    void anotherCodecOfTheSameVersionIsRefusedAtEveryEntry() {
        store.table(V1).put("a", "1");
        refusedEverywhere(OTHER_KEY, 1L, "x", OTHER_KEY.keyCodec().id());
        refusedEverywhere(OTHER_VALUE, "a", 1L, OTHER_VALUE.valueCodec().id());
        refused(() -> store.execute(USE_OTHER_VALUE, "a"), "int64");
    }

    @Test
    void anOlderVersionIsRefusedAtEveryEntryAlsoByATableThatWasOpenedBefore() {
        // given
        Table<String, String> openedBefore = store.table(V1);
        openedBefore.put("a", "1");
        // when
        store.table(V2).put("b", 2L);
        // then
        refusedEverywhere(V1, "a", "x", "v2");
        refused(() -> openedBefore.put("a", "x"), "v2");
        refused(() -> openedBefore.get("a"), "v2");
        assertThat(store.table(V2).get("a")).contains(1L);
    }

    private <K, V> void refusedEverywhere(TableDef<K, V> table, K key, V value, String named) {
        Revision before = store.revision();
        refused(() -> store.table(table), named);
        refused(() -> store.update(tx -> tx.in(table).put(key, value)), named);
        refused(
                () -> store.read(
                        ReadMode.local(), snapshot -> snapshot.in(table).get(key)),
                named);
        refused(() -> store.apply(Batch.of(Op.put(table, key, value))), named);
        refused(() -> store.apply(Batch.when(Check.absent(table, key)).then()), named);
        refused(() -> store.apply(Batch.of(Op.removeRange(table, Range.all()))), named);
        refused(() -> result(store.async().table(table).put(key, value)), named);
        refused(() -> result(store.async().table(table).get(key)), named);
        refused(() -> result(store.async().apply(Batch.of(Op.put(table, key, value)))), named);
        assertThat(store.revision()).isEqualTo(before);
    }

    private static void refused(ThrowingCallable call, String named) {
        assertThatThrownBy(call)
                .isInstanceOf(IncompatibleTableException.class)
                .hasMessageContaining("things")
                .hasMessageContaining(named);
    }

    @Test
    void manyThreadsThatUseANewTableFirstRegisterItOnce() {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                TableDef<String, String> table = TableDef.of("round" + round, Codecs.utf8(), Codecs.utf8());
                long before = store.revision().number();
                CountDownLatch together = new CountDownLatch(threads);
                List<CompletableFuture<Void>> done = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    String key = "k" + i;
                    done.add(CompletableFuture.runAsync(
                            () -> {
                                together.countDown();
                                awaitOpened(together);
                                store.table(table).put(key, key);
                            },
                            pool));
                }
                done.forEach(OneMember::result);
                assertThat(store.table(table).count(Range.all())).isEqualTo(threads);
                assertThat(store.revision().number())
                        .as("one registration and one write of each thread")
                        .isEqualTo(before + 1 + threads);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void definitionsMadeForEachCallAreTheSameTable() {
        for (int i = 0; i < 300; i++) {
            TableDef<String, String> mine = TableDef.of("mine", Codecs.utf8(), Codecs.utf8());
            store.apply(Batch.of(Op.put(mine, "k" + i, "v")));
            assertThat(store.table(mine).contains("k" + i)).isTrue();
        }
        assertThat(store.revision().number()).isEqualTo(301);
    }

    @Test
    void aTableIsRegisteredWhateverBecomesOfTheTransactionThatUsedItFirst() {
        assertThatThrownBy(() -> store.update(tx -> {
                    tx.in(V1).put("a", "1");
                    throw tx.abort("no");
                }))
                .hasMessage("no");
        refused(() -> store.table(OTHER_VALUE), "int64");
        assertThat(store.table(V1).get("a")).isEmpty();
    }
}
