package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
    private static final RegisterParser PARSER = new RegisterParser();

    @Test
    void readsBackWhatItSaved(@TempDir Path folder) throws IOException {
        // given
        String odd = "a \"b\"\\ => \n\t\r absent é";
        History<RegisterInput, RegisterOutput> history = History.of(List.of(
                Operation.ok(0, odd, RegisterInput.read(), RegisterOutput.absent(), 1, 2),
                Operation.ok(0, "k", RegisterInput.read(), RegisterOutput.value(odd), 2, 3),
                Operation.ok(0, "k", RegisterInput.read(), RegisterOutput.value("", 7), 3, 4),
                Operation.ok(1, "k", RegisterInput.write(odd), RegisterOutput.done(), 4, 5),
                Operation.ok(1, "k", RegisterInput.compareAndSet(null, "=>"), RegisterOutput.conflict(), 5, 6),
                Operation.ok(1, "k", RegisterInput.compareAndSet("absent", odd), RegisterOutput.conflict(3), 6, 7),
                Operation.failed(2, "k", RegisterInput.replace(4, odd), 7, 8),
                Operation.unknown(3, "k", RegisterInput.remove(), 8),
                Operation.ok(4, "k", RegisterInput.remove(), RegisterOutput.done(0), 9, 10)));
        Path file = folder.resolve("saved.history");
        // when
        history.save(file);
        // then
        assertThat(History.load(file, PARSER)).isEqualTo(history).hasSameHashCodeAs(history);
    }

    @Test
    void printsOneLineForEachOperationInOrderOfInvocation() {
        History<RegisterInput, RegisterOutput> history = History.of(List.of(
                Operation.unknown(1, "k1", RegisterInput.remove(), 1300),
                Operation.ok(2, "k1", RegisterInput.write("v7"), RegisterOutput.done(3), 1200, 3400)));
        assertThat(history).hasToString("""
                        metastore-history 1
                        1200 3400 c2 ok "k1" write "v7" => done 3
                        1300 - c1 unknown "k1" remove
                        """);
    }

    @Test
    void skipsCommentsAndEmptyLines() {
        var history = History.parse("metastore-history 1\r\n# why\r\n\r\n0 1 c0 ok \"k\" read => absent\r\n", PARSER);
        assertThat(history.operations())
                .containsExactly(Operation.ok(0, "k", RegisterInput.read(), RegisterOutput.absent(), 0, 1));
    }

    @Test
    void refusesOtherFormat() {
        assertThatThrownBy(() -> History.parse("metastore-history 2\n", PARSER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected=metastore-history 1 found=metastore-history 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 1 c0 ok \"k\"",
                "0 1 c0 ok k read => absent",
                "0 1 c0 ok \"k\" read",
                "0 1 c0 fine \"k\" read => absent",
                "0 - c0 ok \"k\" read => absent",
                "1 0 c0 ok \"k\" read => absent",
                "0 1 c0 unknown \"k\" read",
                "0 - c0 unknown \"k\" read => absent",
                "0 1 c0 ok \"k\" steal => absent",
                "0 1 c0 ok \"k\" read => stolen",
                "0 1 c0 ok \"k\" write \"v => done",
                "0 1 c0 ok \"k\" write \"\\v\" => done",
                "x 1 c0 ok \"k\" read => absent"
            })
    void refusesLineThatIsNoOperation(String line) {
        assertThatThrownBy(() -> History.parse("metastore-history 1\n" + line, PARSER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(line);
    }

    @Test
    void splitsByKey() {
        var first = Operation.<RegisterInput, RegisterOutput>unknown(0, "b", RegisterInput.remove(), 1);
        var second = Operation.<RegisterInput, RegisterOutput>unknown(0, "a", RegisterInput.remove(), 2);
        var third = Operation.<RegisterInput, RegisterOutput>unknown(0, "b", RegisterInput.remove(), 3);
        var byKey = History.of(List.of(third, second, first)).operationsByKey();
        assertThat(byKey.keySet()).containsExactly("a", "b");
        assertThat(byKey).containsEntry("a", List.of(second)).containsEntry("b", List.of(first, third));
    }
}
