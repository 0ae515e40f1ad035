package io.metastore.examples;

import io.metastore.api.CasResult;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreStatus;
import io.metastore.examples.CatalogQueries.Totals;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Loads the catalog of the running JDK into three members and plays what happens to such a store: questions, conflicts, reads at a follower,
 * the death of a leader, restarts, images. Each act prints what it measured and whether what the library promises held; the program exits with 1
 * when anything did not.
 */
@Command(
        name = "jdk-catalog",
        mixinStandardHelpOptions = true,
        version = "jdk-catalog on ${java.vm.name} ${java.runtime.version}",
        sortOptions = false,
        description =
                "Loads the catalog of the running JDK into a replicated store of three members, then questions it, edits it from two "
                        + "sides, kills its leader, restarts it and works with its images.")
public final class JdkCatalog implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--dir",
            paramLabel = "DIRECTORY",
            description =
                    "Keep the members' data here; what an earlier run with the same modules left is used. Default: a temporary directory.")
    private @Nullable Path directory;

    @Option(
            names = "--modules",
            paramLabel = "MODULE",
            split = ",",
            description = "Load only these modules; java.base is always one of them. Default: all.")
    private Set<String> modules = new TreeSet<>();

    @Option(
            names = "--threads",
            paramLabel = "COUNT",
            defaultValue = "4",
            description = "Threads that load, spread over the members. Default: ${DEFAULT-VALUE}.")
    private int threads;

    @Option(
            names = "--slice",
            paramLabel = "COUNT",
            defaultValue = "200",
            description = "Classes of one transaction, at most. Default: ${DEFAULT-VALUE}.")
    private int slice;

    @Option(
            names = "--grpc",
            paramLabel = "PORT",
            description = "Join the members by gRPC on this loopback port and the next two. Default: no sockets.")
    private int grpcPort;

    @Spec
    private @Nullable CommandSpec spec;

    private final Report report;

    JdkCatalog(PrintStream out) {
        this.report = new Report(out);
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    /** The program without its exit: 0 when every promise held, 1 when one did not or something failed, 2 for arguments it cannot use. */
    static int run(PrintStream out, String... args) {
        return new CommandLine(new JdkCatalog(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkOptions();
        if (directory != null) {
            play(directory);
        } else {
            Path temporary = Files.createTempDirectory("jdk-catalog");
            try {
                play(temporary);
            } finally {
                FileTree.delete(temporary);
            }
        }
        report.failures().forEach(failure -> report.out().println("FAILED: " + failure));
        return report.failures().isEmpty() ? 0 : 1;
    }

    private void checkOptions() {
        List<String> unknown = modules.stream()
                .filter(module -> ModuleFinder.ofSystem().find(module).isEmpty())
                .toList();
        if (!unknown.isEmpty() || threads < 1 || slice < 1) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    unknown.isEmpty()
                            ? "threads and slice must be at least 1: threads=" + threads + " slice=" + slice
                            : "the running JDK has no such modules: " + unknown);
        }
    }

    private void play(Path where) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (ProgressBars bars = ProgressBars.to(report.out());
                Members members = openMembers(where, bars)) {
            RunningJdk jdk = listJdk();
            CatalogLoader.Figures load = load(members, jdk);
            Totals loaded = Tour.through(members.get(members.followerNames().get(0)), jdk, report);
            edit(members);
            readAtFollower(members);
            LeaderKill kill = killLeader(members);
            restartOne(members, kill);
            restartAll(members, kill, loaded);
            playImages(members, where, bars);
            FarBehind.play(members, bars, report);
            compare(members);
            report.line(
                    "rates: %,d records/s in %,d transactions/s while loading, %,d transactions/s with one record each",
                    Report.perSecond(load.records(), load.elapsed()),
                    Report.perSecond(load.transactions(), load.elapsed()),
                    kill.writesPerSecond());
        }
        report.out().println();
        report.out().println("Done in " + Report.seconds(Report.since(start)) + ".");
    }

    private Members openMembers(Path where, ProgressBars bars) {
        report.act("Open three members in this process");
        long start = System.nanoTime();
        Members members = Members.open(where, grpcPort, bars);
        try {
            // The first write waits until the members have met and one of them leads.
            Revision first = members.get("fe1")
                    .table(Catalog.EDITS)
                    .removeRange(Range.all())
                    .revision();
            report.line(
                    "data in %s; %s leads at revision %s after %s",
                    where, members.leaderName(), first, Report.seconds(Report.since(start)));
            return members;
        } catch (RuntimeException e) {
            members.close();
            throw e;
        }
    }

    private RunningJdk listJdk() throws IOException {
        Set<String> wanted = new TreeSet<>(modules);
        if (!wanted.isEmpty()) {
            wanted.add("java.base");
        }
        return RunningJdk.list(wanted);
    }

    private CatalogLoader.Figures load(Members members, RunningJdk jdk) throws InterruptedException {
        report.act("Load the catalog of JDK " + Runtime.version());
        report.line(
                "%,d modules, %,d class files; %d threads at %d members, up to %d classes a transaction",
                jdk.modules().size(),
                jdk.classFiles().size(),
                threads,
                members.all().size(),
                slice);
        List<MetaStore> stores = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            stores.add(members.all().get(i % members.all().size()));
        }
        CatalogLoader.Figures figures;
        try (LoadProgress progress =
                LoadProgress.start("classes", jdk.classFiles().size(), report.out())) {
            figures = new CatalogLoader(jdk, progress).load(stores, slice);
        }
        report.line(
                "%,d records in %,d transactions in %s: %,d records/s, %,d transactions/s",
                figures.records(),
                figures.transactions(),
                Report.seconds(figures.elapsed()),
                Report.perSecond(figures.records(), figures.elapsed()),
                Report.perSecond(figures.transactions(), figures.elapsed()));
        report.line("%,d closures ran again because another thread had changed the same package", figures.repeats());
        report.expect(
                figures.torn() == 0,
                "in each of %,d snapshots taken meanwhile, package totals and class records agree",
                figures.snapshots());
        return figures;
    }

    private void edit(Members members) throws InterruptedException {
        report.act("Edit one note from two members at once");
        List<MetaStore> editors = members.all().subList(0, 2);
        long start = System.nanoTime();
        Editors.Lines lines = Editors.addLines(editors, "java.base", 50);
        report.line(
                "%d lines added with closures in %s; %d closures ran again because the other editor had been faster",
                lines.added(), Report.seconds(Report.since(start)), lines.repeats());
        report.expect(lines.kept() == lines.added(), "all %d lines are in the note", lines.added());
        Editors.ByVersion byVersion = Editors.replaceAnOldVersion(editors.get(0), editors.get(1), "java.base");
        report.line("replace at version %d: %s", byVersion.version(), byVersion.first());
        report.line("replace at the version it named: %s", byVersion.second());
        report.expect(
                byVersion.first().equals(new CasResult.Conflict(byVersion.version() + 1))
                        && byVersion.second().applied(),
                "an old version is refused with the current one, the current one is accepted");
    }

    private void readAtFollower(Members members) {
        String follower = members.followerNames().get(0);
        report.act("Write at the leader, read at follower " + follower + " at once");
        FollowerReads reads = FollowerReads.measure(members.leader(), members.get(follower), 100);
        report.line("of %d reads of each kind, right after the write returned:", reads.rounds());
        readLine("local", reads.staleLocal(), reads.localNanos());
        readLine("atLeast", reads.staleAtLeast(), reads.atLeastNanos());
        readLine("linearizable", reads.staleLinearizable(), reads.linearizableNanos());
        report.expect(
                reads.staleAtLeast() == 0 && reads.staleLinearizable() == 0,
                "reads from the write's revision on and linearizable ones saw every write");
    }

    private void readLine(String kind, int stale, double nanos) {
        report.line("  %-13s missed the write %3d times, took %s on average", kind, stale, Report.millis(nanos));
    }

    private LeaderKill killLeader(Members members) throws InterruptedException {
        report.act("Kill the leader while the other two take writes");
        LeaderKill kill = LeaderKill.play(members, 200);
        report.line(
                "%s killed at %,d writes/s; %s leads, and the first write submitted meanwhile is acknowledged %s after the kill",
                kill.killed(), kill.writesPerSecond(), kill.successor(), Report.seconds(kill.untilAcknowledged()));
        report.line("%d calls failed; the longest took %s", kill.failed(), Report.seconds(kill.longestWrite()));
        report.expect(
                kill.missingAt(members.leader(), ReadMode.linearizable()) == 0,
                "all %,d acknowledged writes are there",
                kill.acknowledged().size());
        return kill;
    }

    private void restartOne(Members members, LeaderKill kill) {
        report.act("Restart the killed member");
        Revision target = members.leader().revision();
        long start = System.nanoTime();
        MetaStore back = members.start(kill.killed());
        Revision own = back.revision();
        back.awaitRevision(target, PATIENCE);
        report.line(
                "%s opened its directory at revision %s and had caught up to %s after %s",
                kill.killed(), own, target, Report.seconds(Report.since(start)));
        report.expect(
                kill.missingAt(back, ReadMode.local()) == 0,
                "every acknowledged write is there, also those it did not live to see");
    }

    private void restartAll(Members members, LeaderKill kill, Totals loaded) {
        report.act("Restart all of them");
        Revision before = members.leader().revision();
        long closing = System.nanoTime();
        members.close();
        Duration closed = Report.since(closing);
        long opening = System.nanoTime();
        members.startAll();
        Totals totals = members.get("fe1").read(ReadMode.linearizable(), CatalogQueries::totals);
        report.line(
                "closed in %s; after %s more the first linearizable read is answered, at revision %s",
                Report.seconds(closed), Report.seconds(Report.since(opening)), totals.revision());
        report.expect(totals.revision().compareTo(before) >= 0, "the revision did not go back");
        report.expect(totals.records() == loaded.records(), "all %,d records are there", loaded.records());
        report.expect(
                kill.missingAt(members.get("fe1"), ReadMode.linearizable()) == 0, "every acknowledged write is there");
    }

    private void playImages(Members members, Path where, ProgressBars bars) throws IOException {
        Path temporary = Files.createTempDirectory(where, "images");
        try {
            ImageTour.play(members, temporary, bars, report);
        } finally {
            FileTree.delete(temporary);
        }
    }

    private void compare(Members members) {
        report.act("Compare the members");
        Revision target = members.leader().revision();
        for (MetaStore store : members.all()) {
            store.awaitRevision(target, PATIENCE);
        }
        StoreStatus status = members.leader().status();
        report.lines(status.toTable());
        report.expect(
                status.members().stream().allMatch(MemberStatus::alive)
                        && status.members().stream()
                                        .map(MemberStatus::revision)
                                        .distinct()
                                        .count()
                                == 1
                        && status.members().stream()
                                        .map(MemberStatus::fingerprint)
                                        .distinct()
                                        .count()
                                == 1,
                "same revision and same fingerprint everywhere");
    }
}
