package io.metastore.benchmarks.command;

import io.metastore.benchmarks.Trees;
import io.metastore.benchmarks.report.JsonLines;
import io.metastore.benchmarks.workload.Cell;
import io.metastore.benchmarks.workload.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures a cell in a JVM of its own, with the class path of this one. What it prints goes to a log beside its data. Its temporary directory, there
 * too, is not part of the data, whose size may be measured; it is deleted afterwards, with what processes that were ended at once have left in it.
 */
final class CellProcess {
    private static final Duration RUN_MAX = Duration.ofMinutes(60);

    private final Cell cell;
    private final List<String> jvmArguments;
    private final List<String> settings;
    private final Path log;
    private final Path temporary;

    CellProcess(Cell cell, List<String> jvmArguments, List<String> settings, Path log) {
        this.cell = cell;
        this.jvmArguments = jvmArguments;
        this.settings = settings;
        this.log = log;
        this.temporary = Path.of(cell.directory() + ".tmp");
    }

    /** Prepares in one JVM where there is something to prepare, and measures in the next. */
    Measurement measure() throws IOException, InterruptedException {
        Trees.delete(temporary); // Left by a session that was interrupted.
        Files.createDirectories(temporary);
        try {
            if (cell.needsPreparation()) {
                run(List.of());
            }
            Path json = temporary.resolve("measurement.jsonl");
            run(List.of("--json=" + json));
            return JsonLines.read(json).get(0);
        } finally {
            Trees.delete(temporary);
        }
    }

    private void run(List<String> further) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(further))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Thread killer = new Thread(process::destroyForcibly, "kill-cell");
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            if (!process.waitFor(RUN_MAX.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("cell takes too long: max=" + RUN_MAX + " log=" + log);
            }
            if (process.exitValue() != 0) {
                throw new IOException("cell failed: exitValue=" + process.exitValue() + "; see " + log);
            }
        } finally {
            process.destroyForcibly().waitFor();
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    private List<String> command(List<String> further) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CellCommand.class.getName()));
        command.add("--system=" + cell.driver().name());
        command.add("--workload=" + cell.workload());
        command.add("--callers=" + cell.callers());
        command.add("--repetition=" + cell.repetition());
        command.add("--dir=" + cell.directory());
        command.addAll(settings);
        command.addAll(further);
        return command;
    }
}
