package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordCodecTest {

    enum Color {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green";
            }
        }
    }

    record Point(int x, int y) {}

    private record Primitives(
            boolean flag, byte tiny, short small, int medium, long large, float single, double twice, char letter) {}

    record Boxes(
            @Nullable Boolean flag,
            @Nullable Byte tiny,
            @Nullable Short small,
            @Nullable Integer medium,
            @Nullable Long large,
            @Nullable Float single,
            @Nullable Double twice,
            @Nullable Character letter) {}

    record Values(
            @Nullable String text,
            @Nullable UUID uuid,
            @Nullable Instant instant,
            @Nullable Duration duration,
            @Nullable BigInteger integer,
            @Nullable BigDecimal decimal,
            @Nullable Color color,
            @Nullable Point point) {}

    record Collections(
            Optional<Long> optional,
            @Nullable List<String> list,
            @Nullable Set<Integer> set,
            @Nullable Map<String, List<Point>> map) {}

    @SuppressWarnings("ArrayRecordComponent") // The point of the test.
    record Blob(byte[] bytes) {}

    record Empty() {}

    @Test
    void keepsPrimitivesAtTheirExtremes() {
        roundTrips(
                Primitives.class,
                new Primitives(
                        true, Byte.MIN_VALUE, Short.MIN_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE, -0f, -0d, '\0'));
        roundTrips(
                Primitives.class,
                new Primitives(
                        false,
                        Byte.MAX_VALUE,
                        Short.MAX_VALUE,
                        Integer.MAX_VALUE,
                        Long.MAX_VALUE,
                        Float.NaN,
                        Double.NEGATIVE_INFINITY,
                        '\uFFFF'));
    }

    @Test
    void keepsNullsApartFromZeros() {
        roundTrips(Boxes.class, new Boxes(null, null, null, null, null, null, null, null));
        roundTrips(Boxes.class, new Boxes(false, (byte) 0, (short) 0, 0, 0L, 0f, 0d, '\0'));
        roundTrips(Values.class, new Values(null, null, null, null, null, null, null, null));
        roundTrips(Collections.class, new Collections(Optional.of(0L), null, null, null));
        roundTrips(Collections.class, new Collections(Optional.empty(), List.of(), Set.of(), Map.of()));
    }

    @Test
    void keepsValuesAtTheirExtremes() {
        roundTrips(
                Values.class,
                new Values(
                        "",
                        new UUID(-1, 1),
                        Instant.MIN,
                        Duration.ofSeconds(Long.MIN_VALUE, 999_999_999),
                        BigInteger.ZERO,
                        new BigDecimal("1.00"),
                        Color.RED,
                        new Point(-1, 1)));
        roundTrips(
                Values.class,
                new Values(
                        "a\0\uD83D\uDE00",
                        new UUID(0, 0),
                        Instant.MAX,
                        Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
                        BigInteger.TWO.pow(1000).negate(),
                        new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE),
                        Color.GREEN,
                        new Point(0, 0)));
    }

    @Test
    void keepsCollectionsAndMakesThemUnmodifiable() {
        Collections value = new Collections(
                Optional.of(7L),
                List.of("b", "a", "b"),
                Set.of(3, -1, 2),
                Map.of("y", List.of(new Point(1, 2), new Point(3, 4)), "x", List.of()));
        Collections read = roundTrips(Collections.class, value);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Objects.requireNonNull(read.list()).add("c"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Objects.requireNonNull(read.set()).add(1));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Objects.requireNonNull(read.map()).clear());
        assertThat(Objects.requireNonNull(read.map()).keySet()).containsExactly("x", "y");
    }

    @Test
    void keepsRecordsWithoutComponents() {
        roundTrips(Empty.class, new Empty());
        assertThat(Codecs.record(Empty.class).id()).isEqualTo("record()");
    }

    @Test
    void copiesArrays() {
        Codec<Blob> codec = Codecs.record(Blob.class);
        byte[] bytes = {0, 1, -1};
        byte[] encoded = codec.encode(new Blob(bytes));
        Blob first = codec.decode(encoded);
        Arrays.fill(encoded, (byte) 9);
        assertThat(first.bytes()).isEqualTo(bytes).isNotSameAs(bytes);
    }

    @Test
    void equalSetsAndMapsHaveEqualBytes() {
        Codec<Collections> codec = Codecs.record(Collections.class);
        Set<Integer> forth = new LinkedHashSet<>(List.of(1, 300, -5));
        Set<Integer> back = new LinkedHashSet<>(List.of(-5, 300, 1));
        Map<String, List<Point>> inserted = new LinkedHashMap<>();
        inserted.put("b", List.of());
        inserted.put("a", List.of(new Point(1, 1)));
        byte[] one = codec.encode(new Collections(Optional.empty(), null, forth, inserted));
        byte[] other = codec.encode(
                new Collections(Optional.empty(), null, back, Map.of("a", List.of(new Point(1, 1)), "b", List.of())));
        assertThat(one).isEqualTo(other);
    }

    @Test
    void allNaNsHaveEqualBytes() {
        record Measure(double value, float small) {}
        Codec<Measure> codec = Codecs.record(Measure.class);
        Measure odd = new Measure(Double.longBitsToDouble(0x7ff8_0000_0000_0001L), Float.intBitsToFloat(0x7fc0_0001));
        assertThat(codec.encode(odd)).isEqualTo(codec.encode(new Measure(Double.NaN, Float.NaN)));
    }

    @Test
    void idSpellsOutTheShape() {
        assertThat(Codecs.record(Point.class).id()).isEqualTo("record(x:int32,y:int32)");
        assertThat(Codecs.record(Primitives.class).id())
                .isEqualTo("record(flag:bool,tiny:int8,small:int16,medium:int32,large:int64,single:float32,"
                        + "twice:float64,letter:char)");
        assertThat(Codecs.record(Boxes.class).id())
                .isEqualTo("record(flag:bool?,tiny:int8?,small:int16?,medium:int32?,large:int64?,single:float32?,"
                        + "twice:float64?,letter:char?)");
        assertThat(Codecs.record(Values.class).id())
                .isEqualTo("record(text:utf8,uuid:uuid,instant:instant,duration:duration,integer:integer,"
                        + "decimal:decimal,color:enum(Color),point:record(x:int32,y:int32))");
        assertThat(Codecs.record(Collections.class).id())
                .isEqualTo("record(optional:optional(int64),list:list(utf8),set:set(int32),"
                        + "map:map(utf8,list(record(x:int32,y:int32))))");
        assertThat(Codecs.record(Blob.class).id()).isEqualTo("record(bytes:bytes)");
    }

    @Test
    void bytesDoNotChangeBetweenVersions() {
        // The format is on disks: these bytes must be read for ever.
        record Sample(
                long id, @Nullable String name, @Nullable Integer size, List<Color> colors) {}
        Codec<Sample> codec = Codecs.record(Sample.class);
        byte[] stored = {1, 4, 0b0100, 1, 2, 'h', 'i', 1, 3, 'R', 'E', 'D'};
        Sample value = new Sample(-1, "hi", null, List.of(Color.RED));
        assertThat(codec.encode(value)).isEqualTo(stored);
        assertThat(codec.decode(stored)).isEqualTo(value);
    }

    @Test
    void oneCodecPerClass() {
        assertThat(Codecs.record(Point.class)).isSameAs(Codecs.record(Point.class));
    }

    @Test
    void refusesNullsInsideCollections() {
        record Names(List<@Nullable String> names, Set<@Nullable String> set) {}
        Codec<Names> codec = Codecs.record(Names.class);
        List<@Nullable String> nothing = new ArrayList<>();
        nothing.add(null);
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(new Names(nothing, Set.of())))
                .withMessageContaining("component=Names.names");
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(new Names(List.of(), new HashSet<>(nothing))))
                .withMessageContaining("component=Names.set");
    }

    @Test
    void refusesSetsWhoseElementsDifferOnlyByIdentity() {
        record Blobs(Set<Blob> blobs) {}
        Codec<Blobs> codec = Codecs.record(Blobs.class);
        Blobs twins = new Blobs(new HashSet<>(List.of(blob(), blob())));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(twins))
                .withMessageContaining("same bytes");
    }

    @Test
    void refusesStringsWithHalfASurrogatePair() {
        record Named(String name) {}
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.record(Named.class).encode(new Named("a\uD83D")));
    }

    @Test
    void namesTheUnsupportedComponent() {
        record Dated(long id, Date when) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Dated.class))
                .withMessageContaining("record=" + Dated.class.getName())
                .withMessageContaining("component=when")
                .withMessageContaining("type=java.util.Date")
                .withMessageContaining("supported are")
                .withMessageContaining("Instant");
        record Concrete(ArrayList<String> list) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Concrete.class))
                .withMessageContaining("type=java.util.ArrayList<java.lang.String>");
        record Wild(List<?> list) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Wild.class))
                .withMessageContaining("type=?");
        record Keyed(Map<byte[], String> map) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Keyed.class))
                .withMessageContaining("needs equality");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Pair.class))
                .withMessageContaining("type=A");
    }

    record Node(String name, List<Node> children) {}

    record Outer(Inner inner) {}

    record Inner(Optional<Outer> outer) {}

    @Test
    void refusesRecordsThatContainThemselves() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Node.class))
                .withMessageContaining("contains its own type")
                .withMessageContaining(Node.class.getName());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Outer.class))
                .withMessageContaining(Outer.class.getName() + " -> " + Inner.class.getName() + " -> ");
    }

    @Test
    void refusesTheClassRecordItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.record(Record.class))
                .withMessageContaining("not a record");
    }

    private static Blob blob() {
        return new Blob(new byte[] {1});
    }

    private static <R extends Record> R roundTrips(Class<R> type, R value) {
        Codec<R> codec = Codecs.record(type);
        byte[] encoded = codec.encode(value);
        R read = codec.decode(encoded);
        assertThat(read).isEqualTo(value);
        assertThat(codec.encode(read)).isEqualTo(encoded);
        return read;
    }
}
