package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The bytes of keys have the order of the keys. */
class KeyOrderTest {

    private static final int PAIRS = 5000;

    enum Fruit {
        PEAR,
        APPLE,
        FIG
    }

    record Path(String tenant, long id, UUID uuid) {}

    record Nested(Pair<String, Long> first, String second) {}

    @Test
    void stringsAreOrderedByCodePoint() {
        keepsOrder(Codecs.utf8(), Keys.BY_CODE_POINT, Keys::string);
    }

    @Test
    void numbersAreOrderedNegativeOnesFirst() {
        keepsOrder(Codecs.int64(), Comparator.naturalOrder(), Keys::number);
    }

    @Test
    void bytesAreOrderedUnsigned() {
        keepsOrder(Codecs.bytes(), Arrays::compareUnsigned, Keys::bytes);
    }

    @Test
    void uuidsAreOrderedLikeTheirText() {
        keepsOrder(Codecs.uuid(), Keys.BY_TEXT, Keys::uuid);
    }

    @Test
    void enumsAreOrderedByName() {
        keepsOrder(
                Codecs.enumeration(Fruit.class),
                Comparator.comparing(Enum::name),
                random -> Fruit.values()[random.nextInt(3)]);
    }

    @Test
    void pairsAreOrderedByTheFirstPartThenTheSecond() {
        keepsOrder(
                Codecs.tuple(Codecs.utf8(), Codecs.utf8()),
                Comparator.<Pair<String, String>, String>comparing(Pair::first, Keys.BY_CODE_POINT)
                        .thenComparing(Pair::second, Keys.BY_CODE_POINT),
                random -> new Pair<>(Keys.string(random), Keys.string(random)));
    }

    @Test
    void recordsOfPartsAreOrderedByTheirParts() {
        keepsOrder(
                Codecs.tuple(Path.class, Codecs.utf8(), Codecs.int64(), Codecs.uuid()),
                Comparator.comparing(Path::tenant, Keys.BY_CODE_POINT)
                        .thenComparingLong(Path::id)
                        .thenComparing(Path::uuid, Keys.BY_TEXT),
                random -> new Path(Keys.string(random), Keys.number(random), Keys.uuid(random)));
    }

    @Test
    void tuplesInsideTuplesAreOrderedByTheirParts() {
        keepsOrder(
                Codecs.tuple(Nested.class, Codecs.tuple(Codecs.utf8(), Codecs.int64()), Codecs.utf8()),
                Comparator.<Nested, String>comparing(key -> key.first().first(), Keys.BY_CODE_POINT)
                        .thenComparing(key -> key.first().second())
                        .thenComparing(Nested::second, Keys.BY_CODE_POINT),
                random -> new Nested(new Pair<>(Keys.string(random), Keys.number(random)), Keys.string(random)));
    }

    @Test
    void noTupleIsThePrefixOfAnother() {
        Seed seed = Seed.next();
        Random random = seed.random();
        KeyCodec<Pair<String, String>> codec = Codecs.tuple(Codecs.utf8(), Codecs.utf8());
        for (int i = 0; i < PAIRS; i++) {
            Pair<String, String> a = new Pair<>(Keys.string(random), Keys.string(random));
            Pair<String, String> b = new Pair<>(Keys.string(random), Keys.string(random));
            byte[] shorter = codec.encode(a);
            byte[] longer = codec.encode(b);
            boolean prefix = shorter.length <= longer.length
                    && Arrays.equals(shorter, 0, shorter.length, longer, 0, shorter.length);
            assertThat(prefix).as("%s a=%s b=%s", seed, a, b).isEqualTo(a.equals(b));
        }
    }

    private static <K> void keepsOrder(KeyCodec<K> codec, Comparator<? super K> order, Function<Random, K> keys) {
        Seed seed = Seed.next();
        Random random = seed.random();
        for (int i = 0; i < PAIRS; i++) {
            K a = keys.apply(random);
            K b = keys.apply(random);
            byte[] encodedA = codec.encode(a);
            byte[] encodedB = codec.encode(b);
            assertThat(Integer.signum(Arrays.compareUnsigned(encodedA, encodedB)))
                    .as("%s codec=%s a=%s b=%s", seed, codec.id(), a, b)
                    .isEqualTo(Integer.signum(order.compare(a, b)));
            assertThat(codec.decode(encodedA))
                    .as("%s codec=%s", seed, codec.id())
                    .isEqualTo(a);
        }
    }
}
