package io.metastore.examples;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far loading has come: a bar on a terminal, a line for every quarter elsewhere. {@link #step} is callable from any thread. */
abstract sealed class LoadProgress implements AutoCloseable {

    static LoadProgress start(String unit, long max, PrintStream out) {
        return Terminal.present() ? new Bar(unit, max) : new Lines(unit, max, out);
    }

    abstract void step(long done);

    @Override
    public abstract void close();

    private static final class Bar extends LoadProgress {

        private final ProgressBar bar;

        Bar(String unit, long max) {
            bar = new ProgressBarBuilder()
                    .setTaskName("  ")
                    .setUnit(" " + unit, 1)
                    .setInitialMax(max)
                    .setStyle(ProgressBarStyle.ASCII)
                    .showSpeed()
                    .build();
        }

        @Override
        void step(long done) {
            bar.stepBy(done);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private static final class Lines extends LoadProgress {

        private static final int LINES = 4;

        private final String unit;
        private final long max;
        private final PrintStream out;
        private final AtomicLong sum = new AtomicLong();

        Lines(String unit, long max, PrintStream out) {
            this.unit = unit;
            this.max = max;
            this.out = out;
        }

        @Override
        void step(long done) {
            long after = sum.addAndGet(done);
            if (after * LINES / max > (after - done) * LINES / max) {
                out.println(String.format(Locale.ROOT, "   %,7d of %,d %s", after, max, unit));
            }
        }

        @Override
        public void close() {}
    }
}
