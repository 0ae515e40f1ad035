package io.metastore.raft.internal.transfer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Counts what was sent to whom. Forgets who has not asked for as long as an image is kept for them. Thread-safe. */
final class SentImages {

    /** More receivers than there are members: one that makes up names must not fill the memory. */
    private static final int RECEIVERS_MAX = 64;

    private final LongSupplier nanoClock;
    private final Map<Key, Count> counts = new LinkedHashMap<>();
    private long totalBytes;

    private record Key(String receiver, long index) {}

    private record Count(long sentBytes, long imageBytes, long lastNanos) {}

    SentImages(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    synchronized void sent(String receiver, long index, long bytes, long imageBytes) {
        totalBytes += bytes;
        Key key = new Key(receiver, index);
        Count before = counts.get(key);
        if (before == null && counts.size() >= RECEIVERS_MAX) {
            return;
        }
        counts.put(key, new Count((before == null ? 0 : before.sentBytes) + bytes, imageBytes, nanoClock.getAsLong()));
    }

    /** Since this member was opened. */
    synchronized long totalBytes() {
        return totalBytes;
    }

    synchronized List<ImageSending> now() {
        long now = nanoClock.getAsLong();
        return counts.entrySet().stream()
                .map(entry -> new ImageSending(
                        entry.getKey().receiver(),
                        entry.getKey().index(),
                        entry.getValue().sentBytes(),
                        entry.getValue().imageBytes(),
                        Duration.ofNanos(now - entry.getValue().lastNanos())))
                .toList();
    }

    synchronized void tick() {
        long now = nanoClock.getAsLong();
        counts.values().removeIf(count -> now - count.lastNanos() >= ImagePins.LEASE.toNanos());
    }
}
