package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Ranges as bytes select what they say, checked against a sorted set of the keys themselves. */
class RangeTest {

    private static final KeyCodec<String> CODEC = Codecs.utf8();

    private final Seed seed = Seed.next();
    private final Random random = seed.random();
    private final NavigableSet<String> model = new TreeSet<>(Keys.BY_CODE_POINT);

    @Test
    void selectWhatTheModelSelects() {
        for (int round = 0; round < 200; round++) {
            fill();
            String a = Keys.string(random);
            String b = Keys.string(random);
            check(Range.all(), model);
            check(Range.atLeast(a), model.tailSet(a, true));
            check(Range.lessThan(a), model.headSet(a, false));
            check(Range.between(a, b), Keys.BY_CODE_POINT.compare(a, b) >= 0 ? List.of() : model.subSet(a, b));
            check(
                    Range.prefix(a),
                    model.stream().filter(key -> key.startsWith(a)).toList());
        }
    }

    @Test
    void pagesTogetherAreTheWholeInBothDirections() {
        for (int round = 0; round < 200; round++) {
            fill();
            Range<String> range = Range.atLeast(Keys.string(random));
            if (random.nextBoolean()) {
                range = range.reversed();
            }
            List<String> whole = Scan.of(range, CODEC, model);
            List<String> paged = new ArrayList<>();
            Range<String> next = range.limit(1 + random.nextInt(5));
            List<String> page = Scan.of(next, CODEC, model);
            while (!page.isEmpty()) {
                paged.addAll(page);
                next = next.resumeAfter(CODEC.encode(page.get(page.size() - 1)), CODEC);
                page = Scan.of(next, CODEC, model);
            }
            assertThat(paged).as("%s range=%s", seed, range).isEqualTo(whole);
        }
    }

    @Test
    void numbersAreRangesToo() {
        List<Long> keys = List.of(Long.MIN_VALUE, -1L, 0L, 1L, 256L, Long.MAX_VALUE);
        assertThat(Scan.of(Range.between(-1L, 256L), Codecs.int64(), keys)).containsExactly(-1L, 0L, 1L);
        assertThat(Scan.of(Range.atLeast(1L), Codecs.int64(), keys)).containsExactly(1L, 256L, Long.MAX_VALUE);
        assertThat(Scan.of(Range.prefix(-1L), Codecs.int64(), keys)).containsExactly(-1L);
        assertThat(Scan.of(Range.prefix(Long.MAX_VALUE), Codecs.int64(), keys)).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void prefixesAtTheEndOfTheOrderHaveNoEnd() {
        byte[] ends = {-1, -1};
        assertThat(ByteRange.afterPrefix(ends)).isNull();
        assertThat(ByteRange.afterPrefix(new byte[0])).isNull();
        assertThat(ByteRange.afterPrefix(new byte[] {1, -1, -1})).containsExactly(2);
        List<byte[]> keys = List.of(new byte[] {-1}, ends, new byte[] {-1, -1, 0});
        assertThat(Scan.of(Range.prefix(ends), Codecs.bytes(), keys)).hasSize(2);
    }

    @Test
    void nothingIsBetweenAKeyAndTheOneAfter() {
        assertThat(ByteRange.after(new byte[] {1, -1})).containsExactly(1, -1, 0);
    }

    @Test
    void limitAndDirectionAreKept() {
        Range<String> range = Range.<String>all().limit(3).reversed();
        assertThat(range.limit()).isEqualTo(3);
        assertThat(range.isReversed()).isTrue();
        assertThat(range.reversed().isReversed()).isFalse();
        Range<String> rest = range.resumeAfter(CODEC.encode("m"), CODEC);
        assertThat(rest.limit()).isEqualTo(3);
        assertThat(rest.isReversed()).isTrue();
        assertThat(Range.all().limit()).isZero();
        assertThat(range.limit(7).limit()).isEqualTo(7);
    }

    @Test
    void refusesALimitBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Range.all().limit(0))
                .withMessageContaining("limit=0");
    }

    @Test
    void laterChangesOfTheBoundsDoNotReachTheRange() {
        byte[] from = {1};
        byte[] to = {3};
        Range<byte[]> range = Range.ofBytes(new ByteRange(from, to));
        from[0] = 9;
        to[0] = 9;
        range.toBytes(Codecs.bytes()).from()[0] = 8;
        assertThat(range.toBytes(Codecs.bytes()).from()).containsExactly(1);
        assertThat(range.toBytes(Codecs.bytes()).to()).containsExactly(3);
    }

    @Test
    void printsWhatItSelects() {
        assertThat(Range.prefix("sa").limit(10).reversed()).hasToString("prefix sa reversed limit 10");
        assertThat(Range.between("a", "b")).hasToString("[a .. b)");
        assertThat(Range.all()).hasToString("all");
    }

    private void fill() {
        model.clear();
        for (int i = 0; i < 30; i++) {
            model.add(Keys.string(random));
        }
    }

    private void check(Range<String> range, Iterable<String> expected) {
        List<String> all = new ArrayList<>();
        expected.forEach(all::add);
        List<String> backwards = new ArrayList<>(all);
        Collections.reverse(backwards);
        int limit = 1 + random.nextInt(10);
        String description = seed + " range=" + range;
        assertThat(Scan.of(range, CODEC, model)).as(description).isEqualTo(all);
        assertThat(Scan.of(range.reversed(), CODEC, model)).as(description).isEqualTo(backwards);
        assertThat(Scan.of(range.limit(limit), CODEC, model))
                .as(description)
                .isEqualTo(all.subList(0, Math.min(limit, all.size())));
        assertThat(Scan.of(range.reversed().limit(limit), CODEC, model))
                .as(description)
                .isEqualTo(backwards.subList(0, Math.min(limit, all.size())));
    }
}
