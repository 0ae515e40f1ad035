package io.metastore.examples;

import io.metastore.api.Progress;
import io.metastore.api.ProgressListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Shows long work of stores: a bar for each piece of it on a terminal, with rate and remaining time; elsewhere a line every second. When it has ended, one line
 * says what it was and how fast. Give it to {@link io.metastore.api.MetaStore.Builder#progress}. Thread-safe.
 */
final class ProgressBars implements ProgressListener, AutoCloseable {

    /** Work that is over so soon needs no bar. */
    private static final Duration SHOWN_AFTER = Duration.ofMillis(500);
    /** What nobody has asked for is not worth a line when it takes less. */
    private static final Duration TOLD_FROM = Duration.ofMillis(200);

    private static final Set<Progress.Operation> UNASKED =
            Set.of(Progress.Operation.OPEN, Progress.Operation.CHECKPOINT);

    /** How one piece of work is shown while it lasts. */
    interface View extends AutoCloseable {
        void show(Progress progress);

        @Override
        void close();
    }

    private record Work(String member, Progress.Operation operation) {}

    private final PrintStream out;
    private final boolean terminal;
    private final Map<Work, View> underWay = new HashMap<>();
    private final Map<Work, Progress> furthest = new HashMap<>();
    private final AtomicLong received = new AtomicLong();

    private ProgressBars(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Bars when there is a terminal, else lines. */
    static ProgressBars to(PrintStream out) {
        return new ProgressBars(out, Terminal.present());
    }

    /** Lines in any case. */
    static ProgressBars lines(PrintStream out) {
        return new ProgressBars(out, false);
    }

    @Override
    public synchronized void progress(Progress progress) {
        Work work = new Work(progress.member(), progress.operation());
        furthest.merge(work, progress, ProgressBars::further);
        if (progress.outcome() != null) {
            end(work, progress);
        } else if (progress.elapsed().compareTo(SHOWN_AFTER) >= 0) {
            underWay.computeIfAbsent(work, key -> terminal ? new ProgressBarView() : new ProgressLines(out))
                    .show(progress);
        }
    }

    /** Bytes of images that members have received. */
    long received() {
        return received.get();
    }

    /** Removes the bars that are left. */
    @Override
    public synchronized void close() {
        underWay.values().forEach(View::close);
        underWay.clear();
    }

    private void end(Work work, Progress last) {
        View view = underWay.remove(work);
        if (view != null) {
            view.close();
        }
        Progress most = furthest.remove(work);
        if (work.operation() == Progress.Operation.RECEIVE_IMAGE && most != null) {
            received.addAndGet(most.done());
        }
        boolean failed = last.outcome() == Progress.Outcome.FAILED;
        if (failed || !UNASKED.contains(work.operation()) || last.elapsed().compareTo(TOLD_FROM) >= 0) {
            out.println("   " + summary(last, most));
        }
    }

    /** Steps count from the beginning each; the longest of them says how much there was to do. */
    private static Progress further(Progress one, Progress other) {
        return other.unit() == one.unit() && other.done() < one.done() ? one : other;
    }

    private static String summary(Progress last, @Nullable Progress most) {
        Progress amount = most == null ? last : most;
        String begin = name(last)
                + (last.outcome() == Progress.Outcome.FAILED ? " failed while " + last.step() : " done")
                + " in "
                + Report.seconds(last.elapsed());
        if (amount.done() == 0) {
            return begin;
        }
        double seconds = Math.max(1e-3, last.elapsed().toNanos() / 1e9);
        return begin
                + ": "
                + amount(amount.done(), amount.unit())
                + ", "
                + rate(amount.done() / seconds, amount.unit());
    }

    static String name(Progress progress) {
        return progress.operation().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " at " + progress.member();
    }

    static String amount(long count, Progress.Unit unit) {
        return unit == Progress.Unit.BYTES
                ? Report.megabytes(count)
                : String.format(Locale.ROOT, "%,d %s", count, unit.name().toLowerCase(Locale.ROOT));
    }

    static String rate(double perSecond, Progress.Unit unit) {
        return amount(Math.round(perSecond), unit) + "/s";
    }
}
