package io.metastore.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A program in acts, each of which prints what it measured and whether what the library promises held. Ends with 0 when every promise held, with 1 when one did
 * not or something failed, with 2 for arguments it cannot use.
 */
abstract class Play implements Callable<Integer> {

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description = "Keep the members' data here; has to be empty or not there. Default: a temporary directory.")
    private @Nullable Path directory;

    @Option(
            names = "--grpc",
            paramLabel = "PORT",
            description = "Join the members by gRPC on this loopback port and the next five. Default: no sockets.")
    private int grpcPort;

    @Spec
    private @Nullable CommandSpec spec;

    private final Report report;

    Play(PrintStream out) {
        this.report = new Report(out);
    }

    /** All acts. */
    abstract void play(Hosts hosts, Report told) throws Exception;

    @Override
    public Integer call() throws Exception {
        if (directory != null) {
            checkEmpty(directory);
            play(directory);
        } else {
            Path temporary = Files.createTempDirectory(
                    Objects.requireNonNull(spec).commandLine().getCommandName());
            try {
                play(temporary);
            } finally {
                FileTree.delete(temporary);
            }
        }
        report.failures().forEach(failure -> report.out().println("FAILED: " + failure));
        return report.failures().isEmpty() ? 0 : 1;
    }

    /** The play begins with the first member; what an earlier run left is at its end. */
    private void checkEmpty(Path where) throws IOException {
        if (Files.isDirectory(where)) {
            try (Stream<Path> content = Files.list(where)) {
                if (content.findAny().isPresent()) {
                    throw new ParameterException(
                            Objects.requireNonNull(spec).commandLine(), "the directory is not empty: dir=" + where);
                }
            }
        }
    }

    private void play(Path where) throws Exception {
        long start = System.nanoTime();
        try (ProgressBars bars = ProgressBars.to(report.out());
                Hosts hosts = new Hosts(where, grpcPort, bars)) {
            play(hosts, report);
        }
        report.out().println();
        report.out().println("Done in " + Report.seconds(Report.since(start)) + ".");
    }
}
