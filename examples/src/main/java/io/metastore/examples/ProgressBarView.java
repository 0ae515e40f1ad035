package io.metastore.examples;

import io.metastore.api.Progress;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on the terminal; another one when the work goes on to count something else. Used under the lock of {@link ProgressBars}. */
final class ProgressBarView implements ProgressBars.View {

    private static final long MEGABYTE = 1_000_000;

    private @Nullable ProgressBar bar;
    private Progress.@Nullable Unit unit;

    @Override
    public void show(Progress progress) {
        ProgressBar shown = barFor(progress);
        shown.maxHint(progress.total());
        shown.stepTo(progress.done());
        shown.setExtraMessage(" " + progress.step());
    }

    private ProgressBar barFor(Progress progress) {
        ProgressBar shown = bar;
        if (shown != null && progress.unit() == unit) {
            return shown;
        }
        close();
        boolean bytes = progress.unit() == Progress.Unit.BYTES;
        shown = new ProgressBarBuilder()
                .setTaskName("   " + ProgressBars.name(progress))
                .setUnit(bytes ? " MB" : " " + progress.unit().name().toLowerCase(Locale.ROOT), bytes ? MEGABYTE : 1)
                .setInitialMax(progress.total())
                .startsFrom(
                        0, progress.elapsed()) // Rate and remaining time are those of the whole work, as in the lines.
                .setStyle(ProgressBarStyle.ASCII)
                .clearDisplayOnFinish()
                .showSpeed()
                .build();
        bar = shown;
        unit = progress.unit();
        return shown;
    }

    @Override
    public void close() {
        ProgressBar shown = bar;
        if (shown != null) {
            shown.close();
            bar = null;
        }
    }
}
