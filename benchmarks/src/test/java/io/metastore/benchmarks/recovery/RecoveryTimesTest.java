package io.metastore.benchmarks.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on few records. */
@Tag("long")
class RecoveryTimesTest {
    @Test
    void bothKindsAreRecoveredWithoutLossOrFailedRead(@TempDir Path directory) {
        StringWriter printed = new StringWriter();
        int code = RecoveryTimes.command(new PrintWriter(printed, true))
                .execute("--records", "2000", "--rounds", "1", "--dir", directory.toString());
        assertThat(code).as(printed::toString).isZero();
        assertThat(printed.toString().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .contains("records=2,000 verdict=PROVEN_NONE")
                        .containsPattern("firstWriteSeconds=[0-9]"))
                .first()
                .asString()
                .contains("failedReads=0 ");
        assertThat(directory).isEmptyDirectory();
    }
}
