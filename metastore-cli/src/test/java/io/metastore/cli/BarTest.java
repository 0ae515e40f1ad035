package io.metastore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Bars as they are on a terminal, whatever is known of the work. */
class BarTest {

    @Test
    void showsStepsWithAndWithoutAnEndOnStandardError() {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (Bar bar = new Bar(true)) {
            bar.advanced("copy files", 5_000_000, 10_000_000, Progress.Unit.BYTES);
            bar.advanced("copy files", 9_000_000, 10_000_000, Progress.Unit.BYTES);
            bar.counted("survey fe1", 1, 3, "copies");
            bar.step("journal");
            bar.step("publish");
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("survey fe1", "1/3 copies", "publish");
    }

    @Test
    void showsNothingElsewhere() {
        PrintStream before = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (Bar bar = new Bar(false)) {
            bar.counted("survey fe1", 1, 3, "copies");
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
