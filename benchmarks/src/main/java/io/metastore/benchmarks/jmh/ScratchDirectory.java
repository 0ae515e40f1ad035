package io.metastore.benchmarks.jmh;

import io.metastore.benchmarks.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A new directory below the one in which the benchmark was started, which is on the disk to be measured. */
record ScratchDirectory(Path path) implements AutoCloseable {

    static ScratchDirectory create(String prefix) throws IOException {
        return new ScratchDirectory(Files.createTempDirectory(Path.of("").toAbsolutePath(), prefix + "-"));
    }

    @Override
    public void close() throws IOException {
        Trees.delete(path);
    }
}
