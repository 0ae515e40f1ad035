package io.metastore.examples;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the program prints: numbered acts, figures under them, and expectations that were met or not. Used by one thread. */
final class Report {

    private final PrintStream out;
    private final List<String> failures = new ArrayList<>();
    private int act;

    Report(PrintStream out) {
        this.out = out;
    }

    void act(String title) {
        act++;
        out.println();
        out.println(act + ". " + title);
    }

    /** A line under the act, formatted as by {@link String#format}. */
    void line(String format, Object... arguments) {
        out.println("   " + String.format(Locale.ROOT, format, arguments));
    }

    /** Several lines, such as a table. */
    void lines(String text) {
        text.lines().forEach(line -> out.println("   " + line));
    }

    /** Prints whether what the reader was promised holds; when it does not, the program ends with a failure. */
    void expect(boolean holds, String format, Object... arguments) {
        String promise = String.format(Locale.ROOT, format, arguments);
        out.println((holds ? "   ok      " : "   FAILED  ") + promise);
        if (!holds) {
            failures.add("act " + act + ": " + promise);
        }
    }

    /** What was promised and did not hold. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    PrintStream out() {
        return out;
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
    }

    static String millis(double nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    static long perSecond(long count, Duration duration) {
        return Math.round(count * 1e9 / Math.max(1, duration.toNanos()));
    }

    static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
