package io.metastore.cli;

import io.metastore.api.Progress;
import io.metastore.snapshot.image.ImageProgress;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far long work has come, on standard error: a bar on a terminal, nothing elsewhere. Thread-safe. */
final class Bar implements ImageProgress, AutoCloseable {
    private static final long MEGABYTE = 1_000_000;
    /** Of the 80 characters of a line, so many for what is being done. */
    private static final int TASK_MAX = 30;

    private final boolean terminal;
    /** Guarded by this, as is the next one. */
    private @Nullable ProgressBar bar;

    private String step = "";

    private Bar(boolean terminal) {
        this.terminal = terminal;
    }

    /** Asks for a terminal. */
    // On JDK 22 and later a console is always there; whether it is a terminal can be asked only then.
    @SuppressWarnings("SystemConsoleNull")
    static Bar onTerminal() {
        return new Bar(System.console() != null);
    }

    @Override
    public synchronized void advanced(String nextStep, long done, long total, Progress.Unit unit) {
        boolean bytes = unit == Progress.Unit.BYTES;
        show(nextStep, done, total, bytes ? "MB" : unit.name().toLowerCase(Locale.ROOT), bytes ? MEGABYTE : 1);
    }

    /** What a store that is being opened says of itself. */
    void advanced(Progress progress) {
        if (progress.outcome() == null) {
            advanced(progress.step(), progress.done(), progress.total(), progress.unit());
        }
    }

    /** Work that is counted in something else. */
    synchronized void counted(String nextStep, long done, long total, String things) {
        show(nextStep, done, total, things, 1);
    }

    /** Work of which nothing is known but what is being done. */
    void step(String nextStep) {
        counted(nextStep, 0, -1, "");
    }

    /** What a recovery says of itself. */
    void recovering(String nextStep, long done, long total) {
        if (total < 0) {
            step(nextStep);
        } else {
            advanced(nextStep, done, total, Progress.Unit.BYTES);
        }
    }

    private synchronized void show(String nextStep, long done, long total, String things, long size) {
        if (!terminal) {
            return;
        }
        ProgressBar shown = bar;
        if (shown == null || !nextStep.equals(step)) {
            remove();
            shown = new ProgressBarBuilder()
                    .setTaskName(shortened(nextStep))
                    .setUnit(" " + things, size)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .clearDisplayOnFinish()
                    .showSpeed()
                    .build();
            bar = shown;
            step = nextStep;
        }
        shown.maxHint(total);
        shown.stepTo(done);
    }

    /** A path would fill the line and leave no room for the bar: its end tells most. */
    private static String shortened(String text) {
        if (text.length() <= TASK_MAX) {
            return text;
        }
        String verb = text.substring(0, text.indexOf(' ') + 1);
        return verb + "..." + text.substring(text.length() - Math.max(1, TASK_MAX - verb.length() - 3));
    }

    /** Takes it away, before something else is printed. */
    synchronized void remove() {
        ProgressBar shown = bar;
        bar = null;
        if (shown != null) {
            shown.close();
        }
    }

    @Override
    public void close() {
        remove();
    }
}
