package io.metastore.examples;

import io.metastore.api.Revision;
import java.io.PrintStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Plays the loss of a majority: of three hosts two are lost at once, one disk is found again, the cluster is recovered from what is left and grows again, and the
 * directory that was left behind cannot do harm. Then two are lost once more: the process that is left goes on without a restart, and a host that returns comes back by itself.
 * At last the one that is left lacks a write that the others acknowledged: that is said before, told to who asks, and brought back by a host that returns.
 */
@Command(
        name = "lost-majority",
        mixinStandardHelpOptions = true,
        version = "lost-majority on ${java.vm.name} ${java.runtime.version}",
        sortOptions = false,
        description =
                "Loses two of three hosts, surveys what is left, plans, rehearses and applies a recovery, and lets the others in again; once more without a restart; and once more when"
                        + " a write is lost and comes back.")
public final class LostMajority extends Play {

    LostMajority(PrintStream out) {
        super(out);
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    /** The program without its exit. */
    static int run(PrintStream out, String... args) {
        return new CommandLine(new LostMajority(out)).execute(args);
    }

    @Override
    void play(Hosts hosts, Report report) throws Exception {
        Growth growth = new Growth(hosts, report);
        growth.named(growth.single());
        growth.voters();
        Loss loss = new Loss(hosts, report);
        loss.twoHosts();
        loss.oneCopy();
        String survivor = loss.twoCopies();
        Rebirth rebirth = new Rebirth(hosts, report, survivor);
        rebirth.alone(loss.written());
        rebirth.sealed();
        rebirth.grow(loss.written());
        SecondLoss again = new SecondLoss(hosts, report, survivor);
        String away = again.live(loss.written());
        again.oldHostReturns(away, loss.written());
        LostWrite unlucky = new LostWrite(hosts, report, again.sealedHostReturns());
        Revision written = unlucky.acknowledgedByTheOthers();
        unlucky.onlyWithConsent(written);
        unlucky.comesBackAsABranch(away);
    }
}
