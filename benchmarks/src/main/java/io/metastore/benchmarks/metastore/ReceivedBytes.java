package io.metastore.benchmarks.metastore;

import io.metastore.api.Progress;
import io.metastore.api.ProgressListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Adds up the bytes of images that members have received. Thread-safe; a member receives one image at a time. */
final class ReceivedBytes implements ProgressListener {
    private final AtomicLong ended = new AtomicLong();
    /** By member: how far its transfer has come. */
    private final Map<String, Long> underWay = new ConcurrentHashMap<>();

    @Override
    public void progress(Progress progress) {
        if (progress.operation() != Progress.Operation.RECEIVE_IMAGE || progress.unit() != Progress.Unit.BYTES) {
            return;
        }
        // The last step counts from the beginning again: what was received is the most that any step tells.
        long most = underWay.merge(progress.member(), progress.done(), Math::max);
        if (progress.outcome() != null) {
            underWay.remove(progress.member());
            ended.addAndGet(most);
        }
    }

    long sum() {
        return ended.get()
                + underWay.values().stream().mapToLong(Long::longValue).sum();
    }
}
