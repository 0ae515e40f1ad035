package io.metastore.benchmarks.command;

import io.metastore.benchmarks.report.JsonLines;
import io.metastore.benchmarks.workload.Cell;
import io.metastore.benchmarks.workload.Workload;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main class of the JVM of one cell: measures it and adds one line to a file. Started by {@link CellProcess}. */
@Command(name = "cell", description = "Measures one cell; started by the session, not by hand.")
final class CellCommand implements Callable<Integer> {
    @Option(names = "--system", required = true)
    private String system = "";

    @Option(names = "--workload", required = true)
    private Workload workload = Workload.W1;

    @Option(names = "--callers", required = true)
    private int callers;

    @Option(names = "--repetition", required = true)
    private int repetition;

    @Option(names = "--dir", required = true)
    private Path directory = Path.of("");

    @Option(names = "--json", description = "Without it the cell is only prepared.")
    private @Nullable Path json;

    @Mixin
    private SettingOptions settings = new SettingOptions();

    /** Ends the JVM whatever threads the system has left behind. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new CellCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Cell cell = new Cell(Systems.byName(system), workload, callers, repetition, directory, settings.settings());
        if (json == null) {
            cell.prepare();
        } else {
            JsonLines.append(json, cell.measure());
        }
        return CommandLine.ExitCode.OK;
    }
}
