package io.metastore.cli;

import static io.metastore.cli.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command at a terminal, where it asks, and shows how far it has come. The terminal is that of {@code script}, of util-linux; without it this is not run. */
class TerminalTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @TempDir
    Path temporary;

    /** What came out of the terminal, both of the command's streams, and with what the command ended. */
    private record Shown(int code, String text) {}

    /** Types a line. Its input stays open: who sits there has not gone. */
    private Shown typing(String line, Object... arguments) throws IOException, InterruptedException {
        String command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                "-Xshare:auto",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Djava.io.tmpdir=" + temporary,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()),
                        Stream.of(arguments))
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        ProcessBuilder builder = new ProcessBuilder(List.of(SCRIPT.toString(), "-qefc", command, "/dev/null"));
        builder.environment().put("TERM", "xterm");
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Shown(process.waitFor(), text);
    }

    @Test
    void recoveryIsCarriedOutWhenTheDigestOfItsPlanIsTypedAndNotOtherwise() throws Exception {
        assumeThat(SCRIPT).isExecutable();
        TableDef<String, String> notes = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());
        Path member = temporary.resolve("member");
        try (MetaStore store = MetaStore.open(member)) {
            store.table(notes).put("a", "1");
        }
        String digest = run("plan", member, "--json").object().get("digest").getAsString();

        Shown refused = typing("yes", "apply", member);

        assertThat(refused.text())
                .contains("digest: " + digest, "Type the digest to carry this out:", "not consented to");
        assertThat(refused.code()).as(refused.text()).isEqualTo(ExitCodes.REFUSED);
        assertThat(member.resolve("stores/main/epoch-000002")).doesNotExist();

        Shown applied = typing(digest, "apply", member);

        assertThat(applied.code()).as(applied.text()).isEqualTo(ExitCodes.OK);
        assertThat(applied.text())
                .contains("Type the digest to carry this out:", "epoch 2 begins with single@")
                .containsPattern("survey \\S*member +\\S*% ?\\[") // The bars.
                .containsPattern("seal +\\S*");
        assertThat(run("status", member, "--json").object().get("epoch").getAsLong())
                .isEqualTo(2);
    }
}
