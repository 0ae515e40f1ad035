package io.metastore.examples;

import io.metastore.api.Revision;
import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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
public final class ClusterLife extends Play {

    ClusterLife(PrintStream out) {
        super(out);
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    /** The program without its exit. */
    static int run(PrintStream out, String... args) {
        return new CommandLine(new ClusterLife(out)).execute(args);
    }

    @Override
    void play(Hosts hosts, Report report) throws Exception {
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
}
