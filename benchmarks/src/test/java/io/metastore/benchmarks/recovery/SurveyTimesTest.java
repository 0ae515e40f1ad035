package io.metastore.benchmarks.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on small journals. */
@Tag("long")
class SurveyTimesTest {
    @Test
    void allCopiesAreReadWhole(@TempDir Path directory) {
        StringWriter printed = new StringWriter();
        int code = SurveyTimes.command(new PrintWriter(printed, true))
                .execute("--members", "3", "--mib", "20", "--rounds", "2", "--dir", directory.toString());
        assertThat(code).as(printed::toString).isZero();
        assertThat(printed.toString().lines()).hasSize(2).allSatisfy(line -> assertThat(line)
                .contains("copies=3 ", "verdict=PROVEN_NONE")
                .containsPattern(" MiB=[2-9][0-9] ")
                .containsPattern("surveyMiB=([6-9][0-9]|1[0-9][0-9]) "));
        assertThat(directory).isEmptyDirectory();
    }
}
