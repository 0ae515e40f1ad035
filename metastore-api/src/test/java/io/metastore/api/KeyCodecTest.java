package io.metastore.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyCodecTest {

    enum Level {
        LOW,
        HIGH
    }

    @Test
    void idsNameTheFormat() {
        assertThat(Codecs.utf8().id()).isEqualTo("utf8");
        assertThat(Codecs.int64().id()).isEqualTo("int64");
        assertThat(Codecs.bytes().id()).isEqualTo("bytes");
        assertThat(Codecs.uuid().id()).isEqualTo("uuid");
        assertThat(Codecs.enumeration(Level.class).id()).isEqualTo("enum(Level)");
    }

    @Test
    void bytesOnDiskDoNotChange() {
        assertThat(Codecs.utf8().encode("a\u00E9\uD83D\uDE00")).asHexString().isEqualTo("61C3A9F09F9880");
        assertThat(Codecs.int64().encode(1L)).asHexString().isEqualTo("8000000000000001");
        assertThat(Codecs.int64().encode(-1L)).asHexString().isEqualTo("7FFFFFFFFFFFFFFF");
        assertThat(Codecs.uuid().encode(UUID.fromString("ff000000-0000-0000-8000-000000000001")))
                .asHexString()
                .isEqualTo("FF000000000000008000000000000001");
        assertThat(Codecs.enumeration(Level.class).encode(Level.HIGH)).isEqualTo("HIGH".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "a\uD83Db", "\uD83D\uD83D\uDE00", "\uDE00\uD83D"})
    void refusesHalfASurrogatePair(String text) {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.utf8().encode(text))
                .withMessageContaining("half a surrogate pair at index=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"80", "C3", "C080", "EDA080", "F09F98", "F4908080", "FF", "61E0A0"})
    void refusesBytesThatAreNotWellFormed(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.utf8().decode(bytes))
                .withMessageContaining("not well-formed UTF-8");
    }

    @Test
    void acceptsTheReplacementCharacterWhenItWasStored() {
        assertThat(Codecs.utf8().decode(Codecs.utf8().encode("a\uFFFDb"))).isEqualTo("a\uFFFDb");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9, 15, 17})
    void refusesWrongLengths(int length) {
        byte[] bytes = new byte[length];
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.int64().decode(bytes))
                .withMessageContaining("length=" + length);
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.uuid().decode(bytes))
                .withMessageContaining("length=" + length);
    }

    @Test
    void copiesArraysInBothDirections() {
        byte[] key = {1, 2};
        assertThat(Codecs.bytes().encode(key)).isNotSameAs(key).isEqualTo(key);
        assertThat(Codecs.bytes().decode(key)).isNotSameAs(key).isEqualTo(key);
    }

    @Test
    void namesTheEnumConstantThatIsNotKnown() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> Codecs.enumeration(Level.class).decode("MIDDLE".getBytes(UTF_8)))
                .withMessageContaining("stored='MIDDLE'")
                .withMessageContaining("[LOW, HIGH]");
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // What a caller without types could do.
    void refusesAClassThatIsNoEnum() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Codecs.enumeration((Class) Enum.class))
                .withMessageContaining("not an enum");
    }

    @Test
    @SuppressWarnings("NullAway") // What a caller without annotations could do.
    void encodingNullIsTheCallersMistake() {
        assertThatNullPointerException().isThrownBy(() -> Codecs.utf8().encode(null));
        assertThatNullPointerException().isThrownBy(() -> Codecs.int64().encode(null));
        assertThatNullPointerException().isThrownBy(() -> Codecs.bytes().encode(null));
        assertThatNullPointerException().isThrownBy(() -> Codecs.uuid().encode(null));
        assertThatNullPointerException()
                .isThrownBy(() -> Codecs.enumeration(Level.class).encode(null));
        assertThatNullPointerException()
                .isThrownBy(() -> Codecs.tuple(Codecs.utf8(), Codecs.utf8()).encode(null));
        assertThatNullPointerException()
                .isThrownBy(() -> Codecs.record(LogPosition.class).encode(null));
    }
}
