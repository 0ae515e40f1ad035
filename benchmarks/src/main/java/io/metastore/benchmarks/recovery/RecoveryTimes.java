package io.metastore.benchmarks.recovery;

import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreState;
import io.metastore.benchmarks.Await;
import io.metastore.benchmarks.Trees;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryResult;
import io.metastore.recovery.Source;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that measures how long writes are away when a majority is lost and the rest is recovered. */
@Command(
        name = "recovery-times",
        mixinStandardHelpOptions = true,
        description = "Two of three members are lost; seconds from the call of recover() to the first write.")
public final class RecoveryTimes implements Callable<Integer> {
    private static final Duration MAX = Duration.ofMinutes(5);

    enum From {
        /** The survivor's store is open and stays so; its local reads are counted. */
        LIVE,
        /** All members are down; opening the recovered one is part of it. */
        DIRECTORIES
    }

    @Option(names = "--records", defaultValue = "1000000", description = "Of 256 bytes (${DEFAULT-VALUE}).")
    private int records;

    @Option(names = "--rounds", defaultValue = "3", description = "Of each kind, in turns (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--from", split = ",", defaultValue = "LIVE,DIRECTORIES", description = "${COMPLETION-CANDIDATES}.")
    private From[] from = {};

    @Option(names = "--dir", defaultValue = ".", description = "On the disk to be measured (${DEFAULT-VALUE}).")
    private Path directory = Path.of(".");

    private final PrintWriter out;

    RecoveryTimes(PrintWriter out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.exit(command(out).execute(arguments));
    }

    static CommandLine command(PrintWriter out) {
        return new CommandLine(new RecoveryTimes(out)).setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        for (int round = 1; round <= rounds; round++) {
            for (From each : from) {
                Path scratch = Files.createTempDirectory(Files.createDirectories(directory), "recovery-");
                try (Loss loss = Loss.of(records, scratch)) {
                    out.printf(
                            Locale.ROOT,
                            "%d %-11s records=%,d ",
                            round,
                            each.name().toLowerCase(Locale.ROOT),
                            records);
                    if (each == From.LIVE) {
                        live(loss);
                    } else {
                        directories(loss);
                    }
                } finally {
                    Trees.delete(scratch);
                }
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void live(Loss loss) throws InterruptedException, ExecutionException {
        MetaStore store = loss.survivor().store();
        Await.until("a lost quorum", MAX, () -> store.status().state() == StoreState.NO_QUORUM);
        LiveReader reader = new LiveReader(store, records);
        reader.start();
        Await.until("some reads", MAX, () -> reader.reads() > records / 10);
        long begin = System.nanoTime();
        FutureTask<Long> written = new FutureTask<>(() -> firstWrite(store));
        new Thread(written, "writer").start();
        RecoveryResult result = Recovery.of(Source.store(store), Source.directory(loss.lostDirectory()))
                .recover();
        long recovered = System.nanoTime();
        long acknowledged = written.get();
        reader.finish();
        out.printf(
                Locale.ROOT,
                "verdict=%s firstWriteSeconds=%.2f recoverSeconds=%.2f reads=%,d failedReads=%d longestReadMillis=%.1f%n",
                result.verdict().kind(),
                (acknowledged - begin) / 1e9,
                (recovered - begin) / 1e9,
                reader.reads(),
                reader.failed(),
                reader.longestMillis());
    }

    private void directories(Loss loss) throws InterruptedException {
        Path own = loss.survivor().directory();
        loss.survivor().kill();
        long begin = System.nanoTime();
        RecoveryResult result = Recovery.of(Source.directory(own), Source.directory(loss.lostDirectory()))
                .recover();
        long recovered = System.nanoTime();
        MetaStore store = loss.recovered(result.directory()).restart().store();
        long written = firstWrite(store);
        out.printf(
                Locale.ROOT,
                "verdict=%s firstWriteSeconds=%.2f recoverSeconds=%.2f openSeconds=%.2f%n",
                result.verdict().kind(),
                (written - begin) / 1e9,
                (recovered - begin) / 1e9,
                (written - recovered) / 1e9);
    }

    /** When a write is acknowledged, on {@link System#nanoTime}. */
    private static long firstWrite(MetaStore store) throws InterruptedException {
        AtomicLong written = new AtomicLong();
        Await.until("a write", MAX, () -> {
            try {
                store.withTimeout(MAX).table(Loss.RECORDS).put("first", new byte[] {2});
                written.set(System.nanoTime());
                return true;
            } catch (MetastoreException e) {
                return false;
            }
        });
        return written.get();
    }
}
