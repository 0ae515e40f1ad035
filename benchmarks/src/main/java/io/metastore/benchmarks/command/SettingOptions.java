package io.metastore.benchmarks.command;

import io.metastore.benchmarks.workload.Settings;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that the session passes on to each of its JVMs. */
final class SettingOptions {
    @Option(names = "--seconds", defaultValue = "8", description = "Measured part of a closed loop (${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--warmup", defaultValue = "3", description = "Seconds before it (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(
            names = "--keys",
            defaultValue = "20000",
            description = "Different keys of W1, W1C, W2, W3, W4 (${DEFAULT-VALUE}).")
    private int keys;

    @Option(
            names = "--records",
            defaultValue = "1000000",
            description = "Records of W6, W6I, W7, W8, CKPT, SHIP and ARCHIVE (${DEFAULT-VALUE}).")
    private int records;

    @Option(
            names = "--transactions",
            defaultValue = "200000",
            description = "Written past the image in W6I (${DEFAULT-VALUE}).")
    private int transactions;

    @Option(names = "--rounds", defaultValue = "5", description = "Leaders stopped in W5 (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--loaders", defaultValue = "256", description = "Callers that load records (${DEFAULT-VALUE}).")
    private int loaders;

    @Option(
            names = "--rehearsals",
            defaultValue = "1",
            description = "Times that SHIP and W8 bring a member back before the time that counts (${DEFAULT-VALUE}).")
    private int rehearsals;

    @Option(
            names = "--images-at-once",
            description = "In CKPT all members make their images at the same moment, not one after another.")
    private boolean imagesAtOnce;

    Settings settings() {
        return new Settings(
                duration(warmUpSeconds),
                duration(seconds),
                keys,
                records,
                transactions,
                rounds,
                loaders,
                rehearsals,
                imagesAtOnce);
    }

    /** The same options as arguments of another JVM. */
    List<String> arguments() {
        return List.of(
                "--seconds=" + seconds,
                "--warmup=" + warmUpSeconds,
                "--keys=" + keys,
                "--records=" + records,
                "--transactions=" + transactions,
                "--rounds=" + rounds,
                "--loaders=" + loaders,
                "--rehearsals=" + rehearsals,
                "--images-at-once=" + imagesAtOnce);
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }
}
