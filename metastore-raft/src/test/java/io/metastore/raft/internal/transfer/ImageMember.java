package io.metastore.raft.internal.transfer;

import io.metastore.api.Progress;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A member that has nothing but images, and sends and receives them. What it sends can be tampered with. */
final class ImageMember implements AutoCloseable {

    /** Looks at what is sent, and sends something else. */
    @FunctionalInterface
    interface Tampering {
        /**
         * What is sent instead.
         *
         * @param chunk number of the piece that was asked for, from 1; 0: it is not about a piece
         */
        CompletableFuture<byte[]> reply(Method method, ImageRequest request, long chunk, byte[] reply);

        Tampering NONE = (method, request, chunk, reply) -> CompletableFuture.completedFuture(reply);
    }

    final String name;
    final Path images;
    final ImageStore store;
    private final ImageFetcher.Ground ground;
    final ImageSender sender;
    final List<Progress> progress = Collections.synchronizedList(new ArrayList<>());
    final AtomicLong chunks = new AtomicLong();
    final AtomicLong chunkBytes = new AtomicLong();
    final AtomicBoolean goOn = new AtomicBoolean(true);
    final Transport transport;

    volatile Tampering tampering = Tampering.NONE;
    volatile @Nullable String leader;
    volatile Supplier<CompletableFuture<Void>> renewal = () -> CompletableFuture.completedFuture(null);
    private final WaitingClock clock;
    private final List<ImageFetcher> fetchers = new ArrayList<>();

    ImageMember(String name, Path directory, List<Membership.Member> others, Transport transport, WaitingClock clock)
            throws IOException {
        this.name = name;
        this.images = directory.resolve("image");
        this.store = ImageStore.open(new DiskFileLayer(), images, RealImages.LINEAGE);
        this.transport = transport;
        this.clock = clock;
        this.ground = new ImageFetcher.Ground(name, transport, () -> others, () -> leader);
        this.sender = new ImageSender(new DiskFileLayer(), store, () -> renewal.get(), clock::nanoTime);
        transport.listen(this::handle);
    }

    private CompletableFuture<byte[]> handle(Method method, byte[] bytes) {
        ImageRequest request = ImageRequest.decode(method, bytes);
        long chunk = 0;
        if (method == Method.IMAGE_CHUNK) {
            chunk = chunks.incrementAndGet();
            chunkBytes.addAndGet(request.length());
        }
        long asked = chunk;
        return sender.handle(method, bytes).thenCompose(reply -> tampering.reply(method, request, asked, reply));
    }

    /** Makes an image of its own. */
    ImageManifest make(long index, int bytes) throws IOException {
        ImageManifest manifest = RealImages.make(images, index, bytes, name);
        store.recheck();
        return manifest;
    }

    /** Has the same image in the same files as another member. */
    void copyFrom(ImageMember other, long index) throws IOException {
        RealImages.copy(other.images.resolve("image." + index), images);
        store.recheck();
    }

    ImageFetcher fetcher(FetchSettings settings) {
        ImageFetcher fetcher = new ImageFetcher(ground, store, goOn::get, settings, progress::add, clock);
        fetchers.add(fetcher);
        return fetcher;
    }

    /** As if its process had died, for all the others can see. */
    void kill() {
        transport.close();
    }

    @Override
    public void close() {
        fetchers.forEach(ImageFetcher::close);
        transport.close();
        sender.close();
    }
}
