package io.metastore.examples;

import io.metastore.api.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** A line every second, for logs. Used under the lock of {@link ProgressBars}. */
final class ProgressLines implements ProgressBars.View {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final PrintStream out;
    private Duration next = Duration.ZERO;

    ProgressLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void show(Progress progress) {
        if (progress.elapsed().compareTo(next) >= 0) {
            next = progress.elapsed().plus(INTERVAL);
            out.println("   " + line(progress));
        }
    }

    static String line(Progress progress) {
        String begin = ProgressBars.name(progress) + ", " + progress.step();
        if (progress.done() == 0 && progress.total() < 0) {
            return begin; // Nothing is counted.
        }
        String share = progress.fraction()
                .map(part -> String.format(Locale.ROOT, "%.0f %% of ", part * 100))
                .orElse("");
        String rest = progress.remaining()
                .map(left -> String.format(Locale.ROOT, ", %.0f s left", left.toNanos() / 1e9))
                .orElse("");
        return begin
                + ": "
                + share
                + ProgressBars.amount(share.isEmpty() ? progress.done() : progress.total(), progress.unit())
                + ", "
                + ProgressBars.rate(progress.perSecond(), progress.unit())
                + rest;
    }

    @Override
    public void close() {}
}
