package io.metastore.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessResourcesTest {
    @Test
    void countsFileWithTwoNamesOnce(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("one"), new byte[1_000]);
        Files.createLink(Files.createDirectory(directory.resolve("below")).resolve("other"), file);
        Files.write(directory.resolve("below").resolve("two"), new byte[10]);
        assertThat(ProcessResources.diskBytes(directory)).isEqualTo(1_010);
    }
}
