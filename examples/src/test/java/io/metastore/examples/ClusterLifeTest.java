package io.metastore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.MetaStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterLifeTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void everyPromiseHoldsFromTheFirstMemberToTheLast(@TempDir Path directory) {
        int exit = ClusterLife.run(out, "--dir", directory.toString());

        String text = printed.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(text).isZero();
        assertThat(text)
                .doesNotContain("FAILED")
                .contains("ok      all 500 notes are there", "ok      any one of three may be lost now")
                .containsPattern("ok {6}REPLACE fe\\d is DONE")
                .containsPattern("removing fe\\d leaves 1 of 2 alive, 2 are needed")
                .containsPattern("ok {6}nobody takes over from fe\\d")
                .containsPattern("ok {6}fe\\d alone has all [\\d,]+ writes")
                .contains("ok      all 12 operations are over");
        // then the first directory is that of a member with a name, whoever was left
        assertThatThrownBy(() -> MetaStore.open(directory.resolve("fe1")))
                .isInstanceOf(DirectoryMismatchException.class);
    }

    @Test
    void refusesADirectoryWithContent(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("precious"), "data");
        assertThat(ClusterLife.run(out, "--dir", directory.toString())).isEqualTo(2);
        assertThat(directory.resolve("precious")).exists();
    }
}
