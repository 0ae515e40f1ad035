package io.metastore.benchmarks.command;

import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The directory of a session, with one below it per cell. */
record DataDirectory(Path root) {
    static DataDirectory open(Path directory) throws IOException {
        return new DataDirectory(Files.createDirectories(directory).toRealPath());
    }

    /** What is wrong with measuring here. */
    List<String> warnings() throws IOException {
        String type = Files.getFileStore(root).type();
        return type.equals("tmpfs") || type.equals("ramfs")
                ? List.of("WARNING: data is in memory, forcing it to disk costs nothing: dir=" + root + " type=" + type)
                : List.of();
    }

    /** W6 fills its directory once for all repetitions: reopening does not use it up. */
    Path of(String system, Workload workload, int callers, int repetition) {
        String cell = system + "-" + workload + "-" + callers;
        return root.resolve(workload == Workload.W6 ? cell : cell + "-" + repetition);
    }
}
