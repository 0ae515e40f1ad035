package io.metastore.benchmarks.recovery;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.MetaStore;
import io.metastore.benchmarks.Trees;
import io.metastore.benchmarks.workload.Records;
import io.metastore.recovery.Diagnosis;
import io.metastore.recovery.JournalScanner;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.Source;
import io.metastore.recovery.Survey;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that measures how long it takes to read one large journal, and to survey the directories of a whole cluster that was switched off. */
@Command(
        name = "survey-times",
        mixinStandardHelpOptions = true,
        description =
                "All members are killed; seconds to scan one journal, and to survey and diagnose all copies. The first round is cold.")
public final class SurveyTimes implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int LOADERS = 16;

    @Option(names = "--members", defaultValue = "5", description = "Each with files of its own (${DEFAULT-VALUE}).")
    private int members;

    @Option(
            names = "--mib",
            defaultValue = "1024",
            description = "Of journal that each has, and a little more (${DEFAULT-VALUE}).")
    private int mib;

    @Option(names = "--puts", defaultValue = "20", description = "Records in a transaction (${DEFAULT-VALUE}).")
    private int puts;

    @Option(
            names = "--value-bytes",
            defaultValue = "256",
            description = "Of a record (${DEFAULT-VALUE}). More of them fill a journal sooner.")
    private int valueBytes;

    @Option(names = "--rounds", defaultValue = "5", description = "Of both, in turns (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--dir", defaultValue = ".", description = "On the disk to be measured (${DEFAULT-VALUE}).")
    private Path directory = Path.of(".");

    private final PrintWriter out;

    SurveyTimes(PrintWriter out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.exit(command(out).execute(arguments));
    }

    static CommandLine command(PrintWriter out) {
        return new CommandLine(new SurveyTimes(out));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        Path scratch = Files.createTempDirectory(Files.createDirectories(directory), "survey-");
        try (TestCluster cluster = TestCluster.builder()
                .voters(members)
                .patience(PATIENCE)
                .directory(scratch)
                .configure(builder -> builder.checkpoints(keepingTheWholeJournal()))
                .start()) {
            load(cluster);
            cluster.members().forEach(TestMember::kill);
            List<Path> directories =
                    cluster.members().stream().map(TestMember::directory).toList();
            Path journal = journal(directories.get(0));
            for (int round = 1; round <= rounds; round++) {
                measure(round, journal, directories);
            }
        } finally {
            Trees.delete(scratch);
        }
        return CommandLine.ExitCode.OK;
    }

    private static CheckpointPolicy keepingTheWholeJournal() {
        return CheckpointPolicy.defaults().toBuilder()
                .entries(1_000_000_000)
                .journalBytes(1L << 40)
                .age(Duration.ofDays(3650))
                .auditEvery(Duration.ZERO)
                .build();
    }

    /** Until the journal of the first member is long enough. All callers write, so that entries hold what several of them bring. */
    private void load(TestCluster cluster) throws IOException, InterruptedException, ExecutionException {
        MetaStore store = cluster.leader().store().withTimeout(PATIENCE);
        Path journal = journal(cluster.members().get(0).directory());
        AtomicInteger next = new AtomicInteger();
        ExecutorService loaders = Executors.newFixedThreadPool(LOADERS);
        try {
            for (long missing = missing(journal); missing > 0; missing = missing(journal)) {
                int transactions = (int) (missing / (puts * (valueBytes + 50L)) / LOADERS) + 1;
                List<Future<?>> parts = new ArrayList<>();
                for (int i = 0; i < LOADERS; i++) {
                    parts.add(loaders.submit(() -> write(store, next, transactions)));
                }
                for (Future<?> part : parts) {
                    part.get();
                }
                cluster.awaitApplied(store.table(Loss.RECORDS).put("round", new byte[] {1}));
            }
        } finally {
            loaders.shutdownNow();
        }
    }

    private void write(MetaStore store, AtomicInteger next, int transactions) {
        SplittableRandom random = new SplittableRandom(next.get());
        for (int i = 0; i < transactions; i++) {
            int first = next.getAndAdd(puts);
            store.update(transaction -> {
                for (int key = first; key < first + puts; key++) {
                    transaction.in(Loss.RECORDS).put(Records.key(key), value(random));
                }
            });
        }
    }

    private byte[] value(SplittableRandom random) {
        byte[] value = new byte[valueBytes];
        random.nextBytes(value);
        return value;
    }

    private long missing(Path journal) throws IOException {
        return ((long) mib << 20) - filled(journal);
    }

    /** What is written, without the room that is kept for more. */
    private static long filled(Path journal) throws IOException {
        try (Stream<Path> files = Files.list(journal)) {
            long bytes = 0;
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                bytes += name.startsWith("log_") && !name.startsWith("log_inprogress") ? Files.size(file) : 0;
            }
            return bytes;
        }
    }

    private static Path journal(Path member) throws IOException {
        try (Stream<Path> found = Files.walk(member)) {
            return found.filter(each -> each.endsWith("current") && Files.isDirectory(each))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no journal: directory=" + member));
        }
    }

    private void measure(int round, Path journal, List<Path> directories) {
        long begin = System.nanoTime();
        JournalScan scan = JournalScanner.scan(journal);
        long scanned = System.nanoTime();
        Survey survey = Recovery.of(directories.stream().map(Source::directory).toArray(Source[]::new))
                .survey();
        Diagnosis diagnosis = survey.diagnose();
        long surveyed = System.nanoTime();
        long bytes =
                scan.segments().stream().mapToLong(each -> each.readableBytes()).sum();
        out.printf(
                Locale.ROOT,
                "%d scanSeconds=%.2f MiB=%,d entries=%,d surveySeconds=%.2f copies=%d surveyMiB=%,d verdict=%s%n",
                round,
                (scanned - begin) / 1e9,
                bytes >> 20,
                scan.last().index() + 1,
                (surveyed - scanned) / 1e9,
                survey.copies().size(),
                survey.copies().stream()
                                .mapToLong(each -> each.journal().bytes())
                                .sum()
                        >> 20,
                diagnosis.verdict().kind());
    }
}
