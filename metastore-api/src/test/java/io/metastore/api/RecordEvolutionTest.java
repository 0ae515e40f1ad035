package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is stored outlives the class that wrote it. */
class RecordEvolutionTest {

    private record Before(long id, String name) {}

    private record Grown(
            long id,
            String name,
            int count,
            boolean flag,
            double weight,
            char letter,
            @Nullable Integer boxed,
            @Nullable String owner,
            Optional<String> comment,
            List<String> tags,
            Set<Long> numbers,
            Map<String, Long> sizes,
            @Nullable Before nested) {}

    record Filled(long id, String name, @Nullable String owner) {
        Filled {
            owner = Objects.requireNonNullElse(owner, "nobody");
        }
    }

    record Strict(long id, String name, String owner) {
        Strict {
            Objects.requireNonNull(owner, "owner");
        }
    }

    record Secretive(String text) {
        @Override
        public String text() {
            throw new IllegalStateException("not today");
        }
    }

    private static final Codec<Before> BEFORE = Codecs.record(Before.class);
    private static final Codec<Grown> GROWN = Codecs.record(Grown.class);

    @Test
    void appendedComponentsAreReadAsNothing() {
        assertThat(GROWN.decode(BEFORE.encode(new Before(7, "sales"))))
                .isEqualTo(new Grown(
                        7,
                        "sales",
                        0,
                        false,
                        0d,
                        '\0',
                        null,
                        null,
                        Optional.empty(),
                        List.of(),
                        Set.of(),
                        Map.of(),
                        null));
    }

    @Test
    void aTableReadsItsOldValuesThroughAnUpgrade() {
        TableDef<String, Grown> table =
                TableDef.of("t", Codecs.utf8(), GROWN).version(2).upgradeFrom(1, GROWN::decode);
        assertThat(table.decodeValue(1, BEFORE.encode(new Before(7, "sales"))).name())
                .isEqualTo("sales");
    }

    @Test
    void moreComponentsThanKnownAreRefused() {
        byte[] newer = GROWN.encode(new Grown(
                7, "x", 0, false, 0d, 'x', null, null, Optional.empty(), List.of(), Set.of(), Map.of(), null));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> BEFORE.decode(newer))
                .withMessageContaining("stored=13 known=2")
                .withMessageContaining("newer build");
    }

    @Test
    void nestedRecordsGrowWhereverTheyAre() {
        record PartBefore(int x) {}
        record PartGrown(int x, @Nullable String label) {}
        record HolderBefore(PartBefore one, List<PartBefore> many, int last) {}
        record HolderGrown(PartGrown one, List<PartGrown> many, int last) {}
        byte[] stored = Codecs.record(HolderBefore.class)
                .encode(new HolderBefore(new PartBefore(1), List.of(new PartBefore(2), new PartBefore(3)), 4));
        assertThat(Codecs.record(HolderGrown.class).decode(stored))
                .isEqualTo(new HolderGrown(
                        new PartGrown(1, null), List.of(new PartGrown(2, null), new PartGrown(3, null)), 4));
    }

    @Test
    void theConstructorMayFillInWhatIsMissing() {
        assertThat(Codecs.record(Filled.class)
                        .decode(BEFORE.encode(new Before(1, "a")))
                        .owner())
                .isEqualTo("nobody");
    }

    @Test
    void aConstructorThatRefusesIsACodecException() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.record(Strict.class).decode(BEFORE.encode(new Before(1, "a"))))
                .withCauseInstanceOf(NullPointerException.class)
                .withMessageContaining(Strict.class.getName());
    }

    @Test
    void anAccessorThatThrowsIsACodecException() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.record(Secretive.class).encode(new Secretive("a")))
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("component=Secretive.text");
    }

    @Test
    void aBoxMayTakeThePlaceOfItsPrimitiveButNotTheOtherWayRound() {
        record Boxed(@Nullable Long id) {}
        record Plain(long id) {}
        Codec<Boxed> boxed = Codecs.record(Boxed.class);
        Codec<Plain> plain = Codecs.record(Plain.class);
        assertThat(boxed.decode(plain.encode(new Plain(5)))).isEqualTo(new Boxed(5L));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> plain.decode(boxed.encode(new Boxed(null))))
                .withMessageContaining("null for a primitive")
                .withMessageContaining("component=Plain.id");
    }

    @Test
    void anUnknownFormatIsRefusedWithBothVersions() {
        byte[] bytes = BEFORE.encode(new Before(1, "a"));
        bytes[0] = 2;
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> BEFORE.decode(bytes))
                .withMessageContaining("found=2 known=1");
    }
}
