package io.metastore.recovery.internal.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Texts for people. */
class RenderingTest {

    @SuppressWarnings("ArrayRecordComponent")
    private record Hidden(byte[] bytes, int[] numbers, List<byte[]> list) {}

    private static final class Nameless {}

    private static final class Around {
        private final Object inner = new Nameless();

        @Override
        public String toString() {
            return "Around(" + inner + ")";
        }
    }

    private static final class Failing {
        @Override
        public String toString() {
            throw new IllegalStateException("on purpose");
        }
    }

    record FailingPart(String part) {
        @Override
        public String part() {
            throw new IllegalStateException("on purpose");
        }
    }

    private static String of(Object value) {
        return String.valueOf(Rendering.of(value, 1_000));
    }

    @Test
    void partsAreWrittenThemselves() {
        assertThat(of(new Hidden(new byte[] {1}, new int[] {2, 3}, List.of(new byte[] {4}))))
                .isEqualTo("{bytes=0x01, numbers=[2, 3], list=[0x04]}");
        assertThat(of(Map.of("key", Optional.of("v")))).isEqualTo("{key=\"v\"}");
        assertThat(of(Optional.empty())).isEqualTo("empty");
        assertThat(of(Arrays.asList(null, 1, 'c'))).isEqualTo("[null, 1, \"c\"]");
        assertThat(of("line\n\"quoted\" \u0001")).isEqualTo("\"line\\n\\\"quoted\\\" \\u0001\"");
        assertThat(of("ann@acme.com")).isEqualTo("\"ann@acme.com\"");
    }

    @Test
    void whatHasNoTextOfItsOwnIsNotWritten() {
        assertThat(Rendering.of(new Nameless(), 100)).isNull();
        assertThat(Rendering.of(List.of(new Nameless()), 100)).isNull();
        assertThat(Rendering.of(new Around(), 100)).isNull();
        assertThat(Rendering.of(new Failing(), 100)).isNull();
        assertThat(Rendering.of(new FailingPart("x"), 100)).isNull();
    }

    @Test
    void whatHasNoEndIsCut() {
        assertThat(Rendering.of("x".repeat(1_000_000), 10)).isEqualTo("\"xxxxxxxxx...");
        assertThat(Rendering.of(Collections.nCopies(1_000_000, 7), 10)).isEqualTo("[7, 7, 7, ...");
        assertThat(Rendering.hex(new byte[1_000_000], 10)).isEqualTo("0x0000000000...");
        assertThat(String.valueOf(Rendering.of(List.of(new byte[1_000_000]), 10)))
                .hasSizeLessThan(20);
    }
}
