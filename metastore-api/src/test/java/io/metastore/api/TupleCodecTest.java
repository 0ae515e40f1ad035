package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TupleCodecTest {

    private record TableKey(String tenant, String database, long id) {
        TableKey {
            if (id == Long.MIN_VALUE) {
                throw new IllegalStateException("no such id");
            }
        }
    }

    private static final TupleCodec<TableKey> TABLE_KEY =
            Codecs.tuple(TableKey.class, Codecs.utf8(), Codecs.utf8(), Codecs.int64());

    private static final TableKey A_SALES = new TableKey("a", "sales", 1);
    private static final TableKey A_SALES_2 = new TableKey("a", "sales", 2);
    private static final TableKey A_SAND = new TableKey("a", "sand", 1);
    private static final TableKey A_ZERO = new TableKey("a\0", "sales", 1);
    private static final TableKey AB_SALES = new TableKey("ab", "sales", 1);
    private static final TableKey NOBODY = new TableKey("", "", -1);
    private static final List<TableKey> ALL = List.of(NOBODY, A_SALES, A_SALES_2, A_SAND, A_ZERO, AB_SALES);

    @Test
    void leadingPartsSelectWholePartsOnly() {
        assertThat(Scan.of(TABLE_KEY.startingWith(), TABLE_KEY, ALL)).containsExactlyElementsOf(ALL);
        assertThat(Scan.of(TABLE_KEY.startingWith("a"), TABLE_KEY, ALL)).containsExactly(A_SALES, A_SALES_2, A_SAND);
        assertThat(Scan.of(TABLE_KEY.startingWith("a", "sales"), TABLE_KEY, ALL))
                .containsExactly(A_SALES, A_SALES_2);
        assertThat(Scan.of(TABLE_KEY.startingWith("a", "sales", 2L), TABLE_KEY, ALL))
                .containsExactly(A_SALES_2);
        assertThat(Scan.of(TABLE_KEY.startingWith(""), TABLE_KEY, ALL)).containsExactly(NOBODY);
        assertThat(Scan.of(TABLE_KEY.startingWith("b"), TABLE_KEY, ALL)).isEmpty();
    }

    @Test
    void prefixFixesAllPartsButTheLast() {
        TupleCodec<Pair<String, String>> codec = Codecs.tuple(Codecs.utf8(), Codecs.utf8());
        List<Pair<String, String>> keys = List.of(
                new Pair<>("a", ""),
                new Pair<>("a", "sales"),
                new Pair<>("a", "sa\0d"),
                new Pair<>("a", "so"),
                new Pair<>("ab", "sales"));
        assertThat(Scan.of(Range.prefix(new Pair<>("a", "sa")), codec, keys))
                .containsExactly(new Pair<>("a", "sa\0d"), new Pair<>("a", "sales"));
        assertThat(Scan.of(Range.prefix(new Pair<>("a", "sa\0")), codec, keys))
                .containsExactly(new Pair<>("a", "sa\0d"));
        assertThat(Scan.of(Range.prefix(new Pair<>("a", "")), codec, keys)).hasSize(4);
        assertThat(Scan.of(Range.prefix(A_SALES), TABLE_KEY, ALL)).containsExactly(A_SALES);
    }

    @Test
    void prefixOfNestedTuplesReachesTheInnermostLastPart() {
        TupleCodec<Pair<Long, Pair<String, String>>> codec =
                Codecs.tuple(Codecs.int64(), Codecs.tuple(Codecs.utf8(), Codecs.utf8()));
        Pair<Long, Pair<String, String>> sales = new Pair<>(1L, new Pair<>("a", "sales"));
        Pair<Long, Pair<String, String>> other = new Pair<>(1L, new Pair<>("ab", "sales"));
        assertThat(Scan.of(Range.prefix(new Pair<>(1L, new Pair<>("a", "sa"))), codec, List.of(sales, other)))
                .containsExactly(sales);
        assertThat(codec.id()).isEqualTo("tuple(int64,tuple(utf8,utf8))");
    }

    @Test
    void bytesOnDiskDoNotChange() {
        assertThat(Codecs.tuple(Codecs.utf8(), Codecs.int64()).encode(new Pair<>("a\0", 1L)))
                .asHexString()
                .isEqualTo("6100FF0000" + "8000FF00FF00FF00FF00FF00FF010000");
    }

    @Test
    void refusesLeadingPartsThatDoNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TABLE_KEY.startingWith("a", "b", 1L, "c"))
                .withMessageContaining("parts=3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TABLE_KEY.startingWith("a", "b", 1))
                .withMessageContaining("component=TableKey.id")
                .withMessageContaining("class=java.lang.Integer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.tuple(Codecs.utf8(), Codecs.utf8()).startingWith(1L))
                .withMessageContaining("component=Pair.first");
    }

    @Test
    void refusesCodecsThatDoNotFitTheRecord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.tuple(TableKey.class, Codecs.utf8()))
                .withMessageContaining("components=3 codecs=1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.tuple(TableKey.class, Codecs.utf8(), Codecs.int64(), Codecs.int64()))
                .withMessageContaining("component=TableKey.database type=java.lang.String codec=int64");
        record Narrow(int id) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.tuple(Narrow.class, Codecs.int64()))
                .withMessageContaining("type=java.lang.Integer");
        record Empty() {}
        assertThatIllegalArgumentException().isThrownBy(() -> Codecs.tuple(Empty.class));
    }

    @Test
    void refusesNullParts() {
        record Key(@Nullable String name) {}
        TupleCodec<Key> codec = Codecs.tuple(Key.class, Codecs.utf8());
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(new Key(null)))
                .withMessageContaining("component=Key.name");
    }

    @Test
    void aConstructorThatRefusesIsACodecException() {
        byte[] refused = Codecs.tuple(Raw.class, Codecs.utf8(), Codecs.utf8(), Codecs.int64())
                .encode(new Raw("a", "b", Long.MIN_VALUE));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> TABLE_KEY.decode(refused))
                .withCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining(TableKey.class.getName());
    }

    private record Raw(String tenant, String database, long id) {}

    @Test
    void takesCodecsOfTheApplication() {
        record Host(String name) {}
        KeyCodec<String> lowercase = new KeyCodec<>() {
            @Override
            public String id() {
                return "lowercase";
            }

            @Override
            public byte[] encode(String value) {
                return Codecs.utf8().encode(value.toLowerCase(Locale.ROOT));
            }

            @Override
            public String decode(byte[] bytes) {
                return Codecs.utf8().decode(bytes);
            }
        };
        TupleCodec<Host> codec = Codecs.tuple(Host.class, lowercase);
        assertThat(codec.decode(codec.encode(new Host("FE1")))).isEqualTo(new Host("fe1"));
        assertThat(codec.id()).isEqualTo("tuple(lowercase)");
    }
}
