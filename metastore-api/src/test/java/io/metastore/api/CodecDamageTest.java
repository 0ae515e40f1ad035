package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Damaged bytes give a {@link CodecException} or another valid value: never another exception, never much memory. */
class CodecDamageTest {

    record Part(int x, @Nullable String label) {}

    record Everything(
            boolean flag,
            byte tiny,
            short small,
            int medium,
            long large,
            float single,
            double twice,
            char letter,
            @Nullable Integer boxed,
            @Nullable String text,
            UUID uuid,
            Instant instant,
            Duration duration,
            BigInteger integer,
            BigDecimal decimal,
            TimeUnit unit,
            Optional<Part> optional,
            List<Part> list,
            Set<String> set,
            Map<Long, List<String>> map) {}

    private static final Everything SAMPLE = new Everything(
            true,
            (byte) 1,
            (short) -2,
            300,
            -70_000,
            1.5f,
            -2.5,
            'x',
            null,
            "text \u00E9 \uD83D\uDE00",
            new UUID(1, -1),
            Instant.ofEpochSecond(1_700_000_000, 5),
            Duration.ofMillis(-1),
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("-1.2345"),
            TimeUnit.SECONDS,
            Optional.of(new Part(1, "a")),
            List.of(new Part(2, null), new Part(3, "b")),
            Set.of("one", "two", "three"),
            Map.of(1L, List.of("x"), 2L, List.of()));

    private static final Codec<Everything> EVERYTHING = Codecs.record(Everything.class);

    private static final TupleCodec<Pair<Pair<String, Long>, String>> KEY =
            Codecs.tuple(Codecs.tuple(Codecs.utf8(), Codecs.int64()), Codecs.utf8());

    private static final Pair<Pair<String, Long>, String> SAMPLE_KEY = new Pair<>(new Pair<>("a\0\u00E9", -1L), "");

    private final Seed seed = Seed.next();
    private final Random random = seed.random();

    @Test
    void everyTruncationIsRefused() {
        byte[] value = EVERYTHING.encode(SAMPLE);
        byte[] key = KEY.encode(SAMPLE_KEY);
        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            assertThatExceptionOfType(CodecException.class).isThrownBy(() -> EVERYTHING.decode(cut));
        }
        for (int length = 0; length < key.length; length++) {
            byte[] cut = Arrays.copyOf(key, length);
            assertThatExceptionOfType(CodecException.class).isThrownBy(() -> KEY.decode(cut));
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() {
        byte[] value = EVERYTHING.encode(SAMPLE);
        byte[] key = KEY.encode(SAMPLE_KEY);
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> EVERYTHING.decode(Arrays.copyOf(value, value.length + 1)));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> KEY.decode(Arrays.copyOf(key, key.length + 1)));
    }

    @Test
    void everyFlippedBitIsRefusedOrAnotherValue() {
        byte[] value = EVERYTHING.encode(SAMPLE);
        byte[] key = KEY.encode(SAMPLE_KEY);
        for (int bit = 0; bit < value.length * Byte.SIZE; bit++) {
            checkValue(flip(value, bit));
        }
        for (int bit = 0; bit < key.length * Byte.SIZE; bit++) {
            checkKey(flip(key, bit));
        }
    }

    @Test
    void randomDamageIsRefusedOrAnotherValue() {
        byte[] value = EVERYTHING.encode(SAMPLE);
        byte[] key = KEY.encode(SAMPLE_KEY);
        for (int round = 0; round < 20_000; round++) {
            checkValue(scramble(value));
            checkKey(scramble(key));
        }
    }

    @Test
    void randomBytesAreRefusedOrAnotherValue() {
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            checkKey(bytes);
            if (bytes.length > 1) {
                bytes[0] = 1;
                bytes[1] = (byte) random.nextInt(21);
            }
            checkValue(bytes);
        }
    }

    @Test
    void aHugeLengthAllocatesNothing() {
        record Text(String text) {}
        record Texts(List<List<String>> texts) {}
        record Numbers(Map<BigInteger, Set<Long>> numbers) {}
        byte[][] lengths = {
            {1, 1, 0, -1, -1, -1, -1, 7}, // 2^31 - 1
            {1, 1, 0, -1, -1, -1, -1, 15}, // 2^32 - 1
            {1, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, 127}, // 2^63 - 1
            {1, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, // 2^64 - 1
            {1, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3}, // more than 64 bits
            {1, 1, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, // ten bytes and no end
        };
        for (byte[] bytes : lengths) {
            for (Class<? extends Record> type : List.of(Text.class, Texts.class, Numbers.class)) {
                assertThatExceptionOfType(CodecException.class)
                        .isThrownBy(() -> Codecs.record(type).decode(bytes))
                        .withMessageContaining("component=" + type.getSimpleName());
            }
        }
    }

    @Test
    void aNumberHasOneEncodingOnly() {
        record Counted(long number) {}
        Codec<Counted> codec = Codecs.record(Counted.class);
        assertThat(codec.decode(new byte[] {1, 1, 0, 2})).isEqualTo(new Counted(1));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.decode(new byte[] {1, 1, 0, (byte) 0x82, 0}))
                .withMessageContaining("malformed number");
    }

    @Test
    void numbersOutsideTheirTypeAreRefused() {
        record Wide(long number) {}
        record Small(short number) {}
        byte[] wide = Codecs.record(Wide.class).encode(new Wide(40_000));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.record(Small.class).decode(wide))
                .withMessageContaining("number 40000 out of range [-32768, 32767]")
                .withMessageContaining("component=Small.number");
    }

    @Test
    void damagedKeysSayWhatIsWrong() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> KEY.decode(new byte[] {0, 1, 0, 0}))
                .withMessageContaining("expected=0x00 or 0xFF after 0x00 found=0x1");
    }

    private void checkValue(byte[] bytes) {
        byte[] before = bytes.clone();
        try {
            Everything value = EVERYTHING.decode(bytes);
            assertThat(EVERYTHING.decode(EVERYTHING.encode(value))).isEqualTo(value);
        } catch (CodecException e) {
            assertThat(e.code()).isEqualTo("CODEC");
        } catch (RuntimeException | Error e) {
            fail(seed + " bytes=" + Arrays.toString(bytes), e);
        }
        assertThat(bytes).isEqualTo(before);
    }

    /** What a key codec accepts is what it would have written: otherwise one key would be two records. */
    private void checkKey(byte[] bytes) {
        try {
            assertThat(KEY.encode(KEY.decode(bytes))).isEqualTo(bytes);
        } catch (CodecException e) {
            assertThat(e.code()).isEqualTo("CODEC");
        } catch (RuntimeException | Error e) {
            fail(seed + " bytes=" + Arrays.toString(bytes), e);
        }
    }

    private byte[] scramble(byte[] bytes) {
        byte[] result = bytes.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            result[random.nextInt(result.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
        }
        return result;
    }

    private static byte[] flip(byte[] bytes, int bit) {
        byte[] result = bytes.clone();
        result[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        return result;
    }
}
