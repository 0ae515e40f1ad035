package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.snapshot.files.DiskFileLayer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a member gets images: the state of another member, as it is when the fetch ends. Stays "on disk" for a restart. */
final class TestImages implements ImageSource {
    /** What was asked for. */
    final List<LogPosition> asked = new CopyOnWriteArrayList<>();

    /** How many fetches fail from now on, each with an exception or with null in turn. */
    final AtomicInteger failures = new AtomicInteger();

    /** Fetches wait for it. */
    volatile CompletableFuture<Boolean> gate = CompletableFuture.completedFuture(Boolean.TRUE);

    private final Supplier<RecordingConsumer.Image> origin;

    /** The image fetched last. */
    private volatile RecordingConsumer.@Nullable Image disk;

    /** Images come from there. */
    TestImages(Supplier<RecordingConsumer.Image> origin) {
        this.origin = origin;
    }

    /** Makes the consumer take the image from here. */
    RecordingConsumer feed(RecordingConsumer consumer) {
        consumer.onReload = this::image;
        return consumer;
    }

    /** A member that gets its images from here. */
    TestMember start(TestGroup group, String name, RecordingConsumer consumer) {
        return group.create(name, feed(consumer), this, new DiskFileLayer()).start();
    }

    RecordingConsumer.Image image() {
        return Objects.requireNonNull(disk, "no image was fetched");
    }

    boolean hasImage() {
        return disk != null;
    }

    @Override
    public CompletableFuture<@Nullable LogPosition> fetch(LogPosition firstAvailable) {
        asked.add(firstAvailable);
        return gate.thenApplyAsync(open -> fetched(), ForkJoinPool.commonPool());
    }

    private @Nullable LogPosition fetched() {
        int left = failures.getAndUpdate(now -> Math.max(0, now - 1));
        if (left > 0) {
            if (left % 2 == 0) {
                return null;
            }
            throw new IllegalStateException("fetch fails as asked");
        }
        RecordingConsumer.Image image = origin.get();
        disk = image;
        return image.position();
    }
}
