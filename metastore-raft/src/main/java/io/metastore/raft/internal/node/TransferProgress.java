package io.metastore.raft.internal.node;

import io.metastore.api.Progress;
import io.metastore.api.ProgressListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener how far the fetching of an image has come, not more often than it wants to hear. Used by one thread. */
final class TransferProgress {

    private static final Logger log = LoggerFactory.getLogger(TransferProgress.class);
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final String member;
    private final ProgressListener listener;
    private final WaitingClock clock;
    private final long startNanos;
    private long lastNanos;
    private String step = "asking the others for their images";
    private long done;
    private long total = -1;

    TransferProgress(String member, ProgressListener listener, WaitingClock clock) {
        this.member = member;
        this.listener = listener;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
        this.lastNanos = startNanos - INTERVAL.toNanos();
    }

    void step(String now, long doneBytes, long totalBytes) {
        step = now;
        done = doneBytes;
        total = totalBytes;
        tell(null);
    }

    /** What is done within a step only grows: a file that has to be fetched again does not take it back. */
    void done(long bytes) {
        done = Math.max(done, bytes);
        if (clock.nanoTime() - lastNanos >= INTERVAL.toNanos()) {
            tell(null);
        }
    }

    void add(long bytes) {
        done(done + bytes);
    }

    void end(Progress.Outcome outcome) {
        tell(outcome);
    }

    private void tell(Progress.@Nullable Outcome outcome) {
        lastNanos = clock.nanoTime();
        Progress progress = new Progress(
                member,
                Progress.Operation.RECEIVE_IMAGE,
                step,
                done,
                total,
                Progress.Unit.BYTES,
                Duration.ofNanos(lastNanos - startNanos),
                outcome);
        try {
            listener.progress(progress);
        } catch (RuntimeException e) {
            log.warn("a progress listener threw: member={} progress={}", member, progress, e);
        }
    }
}
