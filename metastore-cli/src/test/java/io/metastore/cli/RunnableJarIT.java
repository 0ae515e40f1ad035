package io.metastore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar that operators get: everything is in it, and it needs nothing beside it. */
class RunnableJarIT {

    @TempDir
    Path temporary;

    @Test
    void itRunsByItself() throws Exception {
        TableDef<String, String> names = TableDef.of("names", Codecs.utf8(), Codecs.utf8());
        Path member = temporary.resolve("member");
        Path file = temporary.resolve("exported");
        try (MetaStore store = MetaStore.open(member)) {
            store.table(names).put("key", "value");
            store.checkpoints().exportTo(store.checkpoints().create(), file);
        }
        assertThat(run("--version")).matches("metastore \\d.*\\s*");
        assertThat(run("journal", member.toString())).contains("put names[\"key\"] = \"value\"");
        assertThat(run(
                        "image",
                        "import",
                        file.toString(),
                        temporary.resolve("new").toString(),
                        "--yes"))
                .as("a store is opened for that: services and native libraries are in the jar")
                .startsWith("imported: ");
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar().toString()));
        line.addAll(List.of(arguments));
        Path err = temporary.resolve("err");
        Process process = new ProcessBuilder(line).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%n%s", out, Files.readString(err)).isZero();
        return out;
    }

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(each -> each.getFileName().toString().matches("metastore-cli-.*-all\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("not packaged: the jar of the command is missing"));
        }
    }
}
