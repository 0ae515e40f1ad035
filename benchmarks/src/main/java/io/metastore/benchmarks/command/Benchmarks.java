package io.metastore.benchmarks.command;

import io.metastore.benchmarks.report.JsonLines;
import io.metastore.benchmarks.report.OwnRatios;
import io.metastore.benchmarks.report.ResultTable;
import io.metastore.benchmarks.workload.Cell;
import io.metastore.benchmarks.workload.Measurement;
import io.metastore.benchmarks.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command: runs the chosen workloads on the chosen systems, and prints one table. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures systems against each other: same work, same durability, taking turns.")
public final class Benchmarks implements Callable<Integer> {
    private static final String DEFAULT_REFERENCE = "metastore";

    @Option(
            names = "--workloads",
            split = ",",
            defaultValue = "W1",
            description = "Of ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private List<Workload> workloads = List.of();

    @Option(names = "--systems", split = ",", description = "Names of drivers (all on the class path).")
    private List<String> systems = List.of();

    @Option(
            names = "--callers",
            split = ",",
            description = "For W1, W1C, W2, W3, W4, W8, CKPT, SHIP (what each workload is about).")
    private List<Integer> callers = List.of();

    @Option(names = "--repetitions", defaultValue = "3", description = "Rounds over all systems (${DEFAULT-VALUE}).")
    private int repetitions;

    @Mixin
    private SettingOptions settings = new SettingOptions();

    @Option(
            names = "--dir",
            defaultValue = "target/benchmark-data",
            description = "Where the members keep their data; on the disk to be measured (${DEFAULT-VALUE}).")
    private Path directory = Path.of("");

    @Option(names = "--json", description = "File to which each measurement is added as one line.")
    private @Nullable Path json;

    @Option(
            names = "--reference",
            description = "The system in the numerator of the ratios (the first of --systems, or metastore).")
    private @Nullable String reference;

    @Option(names = "--in-process", description = "Everything in this JVM: quick, and not comparable.")
    private boolean inProcess;

    @Option(
            names = "--jvm-args",
            split = " ",
            defaultValue = "-Xmx4g -XX:+UseG1GC",
            description = "Arguments of the JVM of each cell (${DEFAULT-VALUE}).")
    private List<String> jvmArguments = List.of();

    @Option(names = "--keep", description = "Keep the data of the members.")
    private boolean keep;

    private final PrintWriter out;

    /** Prints to the given writer; the JVM's standard output when started from the shell. */
    Benchmarks(PrintWriter out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.exit(command(out).execute(arguments));
    }

    static CommandLine command(PrintWriter out) {
        return new CommandLine(new Benchmarks(out)).setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** 0 when every cell was measured, 1 when one failed; errors of single operations are figures, not failures. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> chosen = systems.isEmpty() ? Systems.names() : systems;
        DataDirectory data = DataDirectory.open(directory);
        data.warnings().forEach(out::println);
        Session session = new Session(cells(chosen, data), this::measure, keep, out);
        List<Measurement> measurements = session.run();
        out.println(new ResultTable(measurements, chosen, reference()).render());
        OwnRatios.lines(measurements, chosen).forEach(out::println);
        chosen.forEach(name -> out.println(name + ": " + Systems.byName(name).guarantees()));
        session.failures().forEach(out::println);
        return session.failures().isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private String reference() {
        if (reference != null) {
            return reference;
        }
        return systems.isEmpty() ? DEFAULT_REFERENCE : systems.get(0);
    }

    /** In the order of measurement: systems take turns within each repetition of each number of callers. */
    private List<Cell> cells(List<String> chosen, DataDirectory data) {
        List<Cell> cells = new ArrayList<>();
        for (Workload workload : workloads) {
            boolean callersGiven = workload.callersChosen() && !callers.isEmpty();
            for (int count : callersGiven ? callers : workload.defaultCallers()) {
                for (int repetition = 1; repetition <= repetitions; repetition++) {
                    for (String system : chosen) {
                        Path own = data.of(system, workload, count, repetition);
                        cells.add(new Cell(
                                Systems.byName(system), workload, count, repetition, own, settings.settings()));
                    }
                }
            }
        }
        return cells;
    }

    private Measurement measure(Cell cell) throws Exception {
        Measurement measurement;
        if (inProcess) {
            cell.prepare();
            measurement = cell.measure();
        } else {
            Path log = Path.of(cell.directory() + ".log");
            Files.deleteIfExists(log);
            measurement = new CellProcess(cell, jvmArguments, settings.arguments(), log).measure();
        }
        if (json != null) {
            JsonLines.append(json, measurement);
        }
        return measurement;
    }
}
