package io.metastore.recovery.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codec;
import io.metastore.api.Codecs;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the codecs of the library write is read by their ids alone. */
class FormatTest {

    enum Color {
        RED,
        GREEN
    }

    record Inner(int number, String text) {}

    @SuppressWarnings("ArrayRecordComponent")
    record Everything(
            boolean flag,
            byte tiny,
            short small,
            int medium,
            long large,
            float single,
            double twice,
            char letter,
            Integer boxed,
            Boolean missing,
            String text,
            byte[] bytes,
            UUID uuid,
            Instant instant,
            Duration duration,
            BigInteger integer,
            BigDecimal decimal,
            Color color,
            Inner inner,
            Optional<Long> some,
            Optional<Inner> none,
            List<Inner> list,
            Set<String> set,
            Map<Integer, List<Color>> map) {}

    record Pair(String text, long number) {}

    record Nested(Pair pair, UUID id, Color color) {}

    private static final UUID ID = UUID.fromString("12345678-9abc-8def-8123-456789abcdef");

    private static Everything everything(int seed) {
        Random random = new Random(seed);
        return new Everything(
                random.nextBoolean(),
                (byte) random.nextInt(),
                (short) random.nextInt(),
                random.nextInt(),
                random.nextLong(),
                random.nextFloat(),
                random.nextDouble(),
                (char) ('a' + random.nextInt(26)),
                random.nextInt(),
                null,
                "text \u00e4\u4e16 " + random.nextInt(),
                new byte[] {1, 2, (byte) random.nextInt()},
                ID,
                Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
                Duration.ofSeconds(random.nextInt(), random.nextInt(1_000_000_000)),
                new BigInteger(100, random),
                new BigDecimal(new BigInteger(80, random), random.nextInt(20) - 10),
                Color.GREEN,
                new Inner(random.nextInt(), "inner"),
                Optional.of(random.nextLong()),
                Optional.empty(),
                List.of(new Inner(1, "a"), new Inner(2, "b")),
                Set.of("one", "two"),
                Map.of(3, List.of(Color.RED, Color.GREEN)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyKindOfComponentIsRead(int seed) throws Exception {
        Codec<Everything> codec = Codecs.record(Everything.class);
        Everything written = everything(seed);
        Map<?, ?> read = (Map<?, ?>) Format.of(codec.id()).read(codec.encode(written));
        // A record writes itself by its components, and so does the map: the texts agree but for what has no class
        // here.
        String expected = String.valueOf(Rendering.of(written, 10_000))
                .replace("color=GREEN", "color=\"GREEN\"")
                .replace("[RED, GREEN]", "[\"RED\", \"GREEN\"]");
        assertThat(read.keySet().stream().map(String::valueOf).toList())
                .isEqualTo(Arrays.stream(Everything.class.getRecordComponents())
                        .map(each -> each.getName())
                        .toList());
        for (String order : List.of("\"one\", \"two\"", "\"two\", \"one\"")) {
            expected = expected.replace("set=[" + order + "]", "set=");
        }
        assertThat(String.valueOf(Rendering.of(read, 10_000)).replaceAll("set=\\[\"\\w+\", \"\\w+\"]", "set="))
                .isEqualTo(expected);
        assertThat(read.get("large")).isEqualTo(written.large());
        assertThat(read.get("decimal")).isEqualTo(written.decimal());
        assertThat(read.get("set"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void keysAreRead() throws Exception {
        assertThat(Format.of("utf8").read(Codecs.utf8().encode("a\u0000b"))).isEqualTo("a\u0000b");
        for (long number : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
            assertThat(Format.of("int64").read(Codecs.int64().encode(number))).isEqualTo(number);
        }
        assertThat(Format.of("uuid").read(Codecs.uuid().encode(ID))).isEqualTo(ID);
        assertThat(Format.of(Codecs.enumeration(Color.class).id())
                        .read(Codecs.enumeration(Color.class).encode(Color.RED)))
                .isEqualTo("RED");
        var pair = Codecs.tuple(Pair.class, Codecs.utf8(), Codecs.int64());
        var nested = Codecs.tuple(Nested.class, pair, Codecs.uuid(), Codecs.enumeration(Color.class));
        assertThat(Format.of(nested.id()).read(nested.encode(new Nested(new Pair("a\u0000", 0), ID, Color.RED))))
                .isEqualTo(List.of(List.of("a\u0000", 0L), ID, "RED"));
    }

    @Test
    void anOlderValueHasFewerComponents() throws Exception {
        byte[] old = Codecs.record(Inner.class).encode(new Inner(1, "x"));
        assertThat(Format.of("record(number:int32,text:utf8,more:list(utf8))").read(old))
                .hasToString("{number=1, text=x, more=null}");
        assertThatThrownBy(() -> Format.of("record(number:int32)").read(old))
                .isInstanceOf(Format.MismatchException.class)
                .hasMessageContaining("components");
    }

    @Test
    void anyBytesAreReadOrRefusedWithoutHarm() throws Exception {
        Codec<Everything> codec = Codecs.record(Everything.class);
        Format format = Format.of(codec.id());
        byte[] good = codec.encode(everything(1));
        Random random = new Random(20261126);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            if (i % 3 == 0) {
                bad = Arrays.copyOf(bad, random.nextInt(bad.length));
            }
            try {
                assertThat(Rendering.of(format.read(bad), 100)).isNotNull();
            } catch (Format.MismatchException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(5_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "protobuf(com.acme.Message)",
                "opaque/1",
                "",
                "tuple",
                "tuple(utf8",
                "record(a:utf8))",
                "record(a)",
                "utf8 ",
                "list(utf8)",
                "record(a:what)",
                "enum(",
                "map(utf8,utf8)"
            })
    void otherIdsAreNotGuessed(String id) {
        assertThatThrownBy(() -> Format.of(id)).isInstanceOf(Format.UnknownException.class);
    }

    @Test
    void idsWithoutEndAreRefused() {
        assertThatThrownBy(() -> Format.of("tuple(".repeat(100_000))).isInstanceOf(Format.UnknownException.class);
        assertThatThrownBy(() -> Format.of("record(a:" + "list(".repeat(100_000)))
                .isInstanceOf(Format.UnknownException.class);
    }
}
