package io.metastore.examples;

import io.metastore.api.Revision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Plays the life of a cluster: a single member without a port becomes the first of a cluster, others join, a disk is lost, a member moves, leadership is
 * handed over, until one member is left again. Each act prints what it measured and whether what the library promises held; the program exits with 1 when
 * anything did not.
 */
@Command(
        name = "cluster-life",
        mixinStandardHelpOptions = true,
        version = "cluster-life on ${java.vm.name} ${java.runtime.version}",
        sortOptions = false,
        description =
                "Lets a cluster grow from a single member to three voters and two observers, replaces, moves and loses members of it, and "
                        + "shrinks it to one again, under writes.")
public final class ClusterLife implements Callable<Integer> {

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

    ClusterLife(PrintStream out) {
        this.report = new Report(out);
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    /** The program without its exit: 0 when every promise held, 1 when one did not or something failed, 2 for arguments it cannot use. */
    static int run(PrintStream out, String... args) {
        return new CommandLine(new ClusterLife(out)).execute(args);
    }

    @Override
    public Integer call() throws Exception {
        if (directory != null) {
            checkEmpty(directory);
            play(directory);
        } else {
            Path temporary = Files.createTempDirectory("cluster-life");
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
            Growth growth = new Growth(hosts, report);
            Revision alone = growth.single();
            growth.named(alone);
            growth.voters();
            growth.observers();
            Upkeep upkeep = new Upkeep(hosts, report);
            upkeep.replaceDisk();
            upkeep.move();
            upkeep.handOver();
            Precautions precautions = new Precautions(hosts, report);
            precautions.refused();
            precautions.elections();
            Shrinking shrinking = new Shrinking(hosts, report);
            shrinking.shrink();
            shrinking.compare(upkeep.acknowledged());
        }
        report.out().println();
        report.out().println("Done in " + Report.seconds(Report.since(start)) + ".");
    }
}
