package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Batch;
import io.metastore.api.Codecs;
import io.metastore.api.Entry;
import io.metastore.api.LimitExceededException;
import io.metastore.api.Limits;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.TransactionTable;
import io.metastore.api.TupleCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Ranges, directions, limits and pages, the same wherever they can be asked for. */
class ScanTest extends OneMember {

    private static final int SCAN_MAX = 60;

    record Column(String table, long id) {}

    private static final TupleCodec<Column> COLUMN = Codecs.tuple(Column.class, Codecs.utf8(), Codecs.int64());
    private static final TableDef<Column, String> COLUMNS = TableDef.of("columns", COLUMN, Codecs.utf8());

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.limits(
                Limits.defaults().toBuilder().scanEntriesMax(SCAN_MAX).build());
    }

    /** Words over three letters, so that ranges and prefixes hit often. */
    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int length = 1 + random.nextInt(4); length > 0; length--) {
            word.append((char) ('a' + random.nextInt(3)));
        }
        return word.toString();
    }

    private static Range<String> range(Random random) {
        Range<String> range =
                switch (random.nextInt(5)) {
                    case 0 -> Range.prefix(word(random));
                    case 1 -> Range.atLeast(word(random));
                    case 2 -> Range.lessThan(word(random));
                    case 3 -> Range.all();
                    default -> Range.between(word(random), word(random));
                };
        range = random.nextBoolean() ? range.reversed() : range;
        return random.nextBoolean() ? range.limit(1 + random.nextInt(8)) : range;
    }

    /** What the range is to find, from the model. */
    private static List<String> expected(NavigableMap<String, String> model, Range<String> range) {
        byte[] from = range.toBytes(Codecs.utf8()).from();
        byte[] to = range.toBytes(Codecs.utf8()).to();
        List<String> found = new ArrayList<>();
        for (String key : model.keySet()) {
            byte[] bytes = Codecs.utf8().encode(key);
            if (java.util.Arrays.compareUnsigned(bytes, from) >= 0
                    && (to == null || java.util.Arrays.compareUnsigned(bytes, to) < 0)) {
                found.add(key);
            }
        }
        if (range.isReversed()) {
            Collections.reverse(found);
        }
        return range.limit() == 0 ? found : found.subList(0, Math.min(range.limit(), found.size()));
    }

    private static List<String> keys(Page<String, String> page) {
        return page.entries().stream().map(Entry::key).toList();
    }

    @Test
    void everyKindOfRangeFindsWhatAModelFindsInTablesSnapshotsAndTransactions() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        NavigableMap<String, String> model = new TreeMap<>();
        List<Op> puts = new ArrayList<>();
        while (model.size() < 40) {
            String key = word(random);
            model.put(key, key);
            puts.add(Op.put(NOTES, key, key));
        }
        store.apply(Batch.of(puts));
        Table<String, String> table = store.table(NOTES);
        for (int i = 0; i < 150; i++) {
            Range<String> range = range(random);
            List<String> expected = expected(model, range);
            String what = "seed=" + seed + " " + range;
            assertThat(keys(table.scan(range))).as(what).isEqualTo(expected);
            assertThat(table.count(range)).as(what).isEqualTo(expected.size());
            List<String> inSnapshot = store.read(ReadMode.local(), snapshot -> {
                assertThat(snapshot.in(NOTES).count(range)).as(what).isEqualTo(expected.size());
                assertThat(keys(snapshot.in(NOTES).scan(range))).as(what).isEqualTo(expected);
                return snapshot.in(NOTES).stream(range).map(Entry::key).toList();
            });
            assertThat(inSnapshot).as(what).isEqualTo(expected);
            inTransactionWithOwnWrites(random, model, range, what);
        }
    }

    /** Changes keys in the body, which is then given up, and looks at the range through them. */
    private void inTransactionWithOwnWrites(
            Random random, NavigableMap<String, String> model, Range<String> range, String what) {
        assertThatThrownBy(() -> store.update(tx -> {
                    TreeMap<String, String> mine = new TreeMap<>(model);
                    TransactionTable<String, String> table = tx.in(NOTES);
                    for (int i = 0; i < 6; i++) {
                        String key = word(random);
                        if (random.nextBoolean()) {
                            table.put(key, "mine");
                            mine.put(key, "mine");
                        } else {
                            assertThat(table.remove(key)).as(what).isEqualTo(mine.remove(key) != null);
                        }
                    }
                    List<String> expected = expected(mine, range);
                    assertThat(keys(table.scan(range))).as(what).isEqualTo(expected);
                    assertThat(table.count(range)).as(what).isEqualTo(expected.size());
                    assertThat(table.removeRange(range)).as(what).isEqualTo(expected.size());
                    assertThat(table.scan(range.limit(1)).isEmpty())
                            .as(what)
                            .isEqualTo(expected.size()
                                    == expected(mine, withoutLimit(range)).size());
                    throw tx.abort("looked");
                }))
                .as(what)
                .hasMessage("looked");
    }

    private static Range<String> withoutLimit(Range<String> range) {
        return range.limit(Integer.MAX_VALUE);
    }

    @Test
    void pagesCoverARangeOnceInBothDirectionsAndEndWithoutANextOne() {
        List<String> keys = fill(25);
        for (boolean reversed : List.of(false, true)) {
            Range<String> range = Range.<String>prefix("k").limit(10);
            range = reversed ? range.reversed() : range;
            List<String> expected = new ArrayList<>(keys);
            if (reversed) {
                Collections.reverse(expected);
            }
            assertThat(pages(range, store.table(NOTES)::scan)).isEqualTo(expected);
            Range<String> asked = range;
            List<String> inTransaction = store.<List<String>>compute(tx -> pages(asked, tx.in(NOTES)::scan))
                    .value();
            assertThat(inTransaction).isEqualTo(expected);
        }
        assertThat(store.table(NOTES).scan(Range.<String>all().limit(25)).next())
                .as("nothing is left behind a page that is exactly full")
                .isEmpty();
    }

    private static List<String> pages(Range<String> first, Function<Range<String>, Page<String, String>> scan) {
        List<String> found = new ArrayList<>();
        Page<String, String> page = scan.apply(first);
        found.addAll(keys(page));
        while (page.next().isPresent()) {
            page = scan.apply(page.next().get());
            assertThat(page.isEmpty()).as("a page that was announced").isFalse();
            found.addAll(keys(page));
        }
        return found;
    }

    @Test
    void aScanWithoutALimitIsRefusedAtTheSettingAndOneWithALimitIsNot() {
        fill(SCAN_MAX);
        Table<String, String> table = store.table(NOTES);
        assertThat(table.scan(Range.all()).size()).isEqualTo(SCAN_MAX);
        table.put("one-more", "v");
        assertThatThrownBy(() -> table.scan(Range.all()))
                .isInstanceOfSatisfying(LimitExceededException.class, e -> {
                    assertThat(e.limit()).isEqualTo(SCAN_MAX);
                    assertThat(e.actual()).isEqualTo(SCAN_MAX + 1);
                    assertThat(e.option()).isEqualTo("limits.scanEntriesMax");
                })
                .hasMessageContaining("notes")
                .hasMessageContaining("limit=" + SCAN_MAX)
                .hasMessageContaining("limits.scanEntriesMax");
        assertThatThrownBy(() -> store.update(tx -> tx.in(NOTES).scan(Range.all())))
                .isInstanceOf(LimitExceededException.class);
        assertThatThrownBy(() -> store.read(
                        ReadMode.local(), snapshot -> snapshot.in(NOTES).scan(Range.all())))
                .isInstanceOf(LimitExceededException.class);
        assertThat(table.scan(Range.<String>all().limit(SCAN_MAX + 1)).size()).isEqualTo(SCAN_MAX + 1);
        assertThat(table.count(Range.all())).isEqualTo(SCAN_MAX + 1);
        long streamed = store.read(ReadMode.local(), snapshot -> snapshot.in(NOTES).stream(Range.all())
                .count());
        assertThat(streamed).isEqualTo(SCAN_MAX + 1);
    }

    @Test
    void aRangeWhoseEndIsNotAboveItsBeginningIsEmptyEverywhere() {
        fill(5);
        for (Range<String> crossed : List.of(
                Range.between("k3", "k1"),
                Range.between("k3", "k3"),
                Range.between("k3", "k1").reversed(),
                Range.<String>between("z", "a").limit(3))) {
            assertThat(store.table(NOTES).scan(crossed).entries()).isEmpty();
            assertThat(store.table(NOTES).count(crossed)).isZero();
            assertThat(store.table(NOTES).removeRange(crossed).count()).isZero();
            store.update(tx -> {
                tx.in(NOTES).put("k2", "own");
                assertThat(tx.in(NOTES).scan(crossed).entries()).isEmpty();
                assertThat(tx.in(NOTES).count(crossed)).isZero();
                assertThat(tx.in(NOTES).removeRange(crossed)).isZero();
            });
            store.apply(Batch.of(Op.put(NOTES, "k2", "own"), Op.removeRange(NOTES, crossed)));
        }
        assertThat(store.table(NOTES).count(Range.all())).isEqualTo(5);
    }

    @Test
    void tupleKeysAreOrderedByTheirPartsAndSelectedByLeadingParts() {
        Table<Column, String> columns = store.table(COLUMNS);
        for (Column column : List.of(
                new Column("b", -5),
                new Column("a", 2),
                new Column("ab", 1),
                new Column("a", 10),
                new Column("a", -1))) {
            columns.put(column, column.toString());
        }
        assertThat(columns.scan(Range.all()).entries())
                .extracting(Entry::key)
                .containsExactly(
                        new Column("a", -1),
                        new Column("a", 2),
                        new Column("a", 10),
                        new Column("ab", 1),
                        new Column("b", -5));
        assertThat(columns.scan(COLUMN.startingWith("a").limit(2)).entries())
                .extracting(Entry::key)
                .containsExactly(new Column("a", -1), new Column("a", 2));
        assertThat(columns.count(COLUMN.startingWith("a"))).isEqualTo(3);
        assertThat(columns.removeRange(COLUMN.startingWith("a", 2L)).count()).isEqualTo(1);
    }

    @Test
    void keysOfOtherTypesKeepTheirOrderInTheStore() {
        Table<Long, String> numbers = store.table(TableDef.of("numbers", Codecs.int64(), Codecs.utf8()));
        Table<UUID, String> ids = store.table(TableDef.of("ids", Codecs.uuid(), Codecs.utf8()));
        for (long number : new long[] {7, Long.MIN_VALUE, -1, 0, Long.MAX_VALUE}) {
            numbers.put(number, "n");
            ids.put(new UUID(number, 0), "n");
        }
        assertThat(numbers.scan(Range.all()).entries())
                .extracting(Entry::key)
                .containsExactly(Long.MIN_VALUE, -1L, 0L, 7L, Long.MAX_VALUE);
        assertThat(numbers.scan(Range.between(-1L, 7L)).entries())
                .extracting(Entry::key)
                .containsExactly(-1L, 0L);
        assertThat(ids.scan(Range.all()).entries())
                .extracting(entry -> entry.key().getMostSignificantBits())
                .containsExactly(0L, 7L, Long.MAX_VALUE, Long.MIN_VALUE, -1L);
    }

    @Test
    void keysOfZerosAndOnesAreFoundAtBothEndsOfATable() {
        TableDef<byte[], String> def = TableDef.of("bytes", Codecs.bytes(), Codecs.utf8());
        Table<byte[], String> table = store.table(def);
        store.table(TableDef.of("next", Codecs.bytes(), Codecs.utf8())).put(new byte[] {0}, "of the next table");
        for (String key : List.of("00", "0000", "00ff", "7f", "ff", "ff00", "ffff", "ffffff")) {
            table.put(HexFormat.of().parseHex(key), key);
        }
        assertThat(table.scan(Range.all()).entries())
                .extracting(Entry::value)
                .containsExactly("00", "0000", "00ff", "7f", "ff", "ff00", "ffff", "ffffff");
        assertThat(table.scan(Range.prefix(new byte[] {-1}).reversed()).entries())
                .extracting(Entry::value)
                .containsExactly("ffffff", "ffff", "ff00", "ff");
        assertThat(table.scan(Range.prefix(new byte[] {0})).entries())
                .extracting(Entry::value)
                .containsExactly("00", "0000", "00ff");
        List<String> paged = new ArrayList<>();
        Range<byte[]> next = Range.<byte[]>all().reversed().limit(3);
        while (next != null) {
            Page<byte[], String> page = table.scan(next);
            page.forEach(entry -> paged.add(entry.value()));
            next = page.next().orElse(null);
        }
        assertThat(paged).containsExactly("ffffff", "ffff", "ff00", "ff", "7f", "00ff", "0000", "00");
    }

    private List<String> fill(int count) {
        List<String> keys = new ArrayList<>();
        List<Op> puts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String key = count > 10 ? "k%03d".formatted(i) : "k" + i;
            keys.add(key);
            puts.add(Op.put(NOTES, key, "v"));
        }
        store.apply(Batch.of(puts));
        return keys;
    }
}
