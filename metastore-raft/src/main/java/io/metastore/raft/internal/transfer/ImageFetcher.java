package io.metastore.raft.internal.transfer;

import io.metastore.api.MetastoreException;
import io.metastore.api.Progress.Operation;
import io.metastore.api.Progress.Unit;
import io.metastore.api.ProgressListener;
import io.metastore.api.StoreClosedException;
import io.metastore.api.UnavailableException;
import io.metastore.raft.internal.images.LongWork;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PersistedImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gets an image from the other members when the journal does not reach back far enough for this one.
 *
 * <p>It has one thread, named {@code <member>-image-receiver}, while something is fetched and none otherwise, and beside it one that reads back what came ({@link
 * ReadBack}). They wait for the network and for the disk, take no lock that the engine or the state knows, and end within 200 ms when this is closed, unless a single
 * file takes longer to open or to force.
 */
public final class ImageFetcher implements AutoCloseable {

    private static final Duration CLOSE_MAX = Duration.ofMillis(200);

    private final Ground ground;
    private final ImageStore images;
    private final BooleanSupplier goOn;
    private final FetchSettings settings;
    private final ProgressListener listener;
    private final WaitingClock clock;

    /**
     * Where images come from.
     *
     * @param self name of the member that receives
     * @param transport null for a member without a network
     * @param others all members but this one, as far as known
     * @param leader name of the member that leads, as far as known: others are asked before it
     */
    public record Ground(
            String self,
            @Nullable Transport transport,
            Supplier<List<Membership.Member>> others,
            Supplier<@Nullable String> leader) {}

    /** Guarded by this, like the field below. */
    private @Nullable Fetch running;

    private boolean closed;

    /** The last fetch, when it failed. */
    private @Nullable Failure failure;

    /** Index of the image that is received, or was received last; -1 when that came to nothing. */
    private volatile long taking = -1;

    /**
     * A fetch that came to nothing.
     *
     * @param needed see {@link #fetch}
     * @param reason for people
     */
    public record Failure(long needed, String reason) {}

    private record Fetch(long needed, CompletableFuture<PersistedImage> result, Thread thread) {}

    /**
     * Starts nothing yet.
     *
     * @param goOn false ends what is under way; asked every few milliseconds
     */
    public ImageFetcher(
            Ground ground,
            ImageStore images,
            BooleanSupplier goOn,
            FetchSettings settings,
            ProgressListener listener,
            WaitingClock clock) {
        this.ground = ground;
        this.images = images;
        this.goOn = goOn;
        this.settings = settings;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Fetches an image, or goes on where an earlier fetch stopped, also one of an earlier process. Returns at once. While one that reaches as far is under way,
     * it is that one. An image that is here already and reaches far enough is taken as it is: whoever has found it damaged removes it first.
     *
     * @param needed first journal entry that can be had: the image must contain all before it
     * @return a published image; completed on the fetching thread. Fails with {@link UnavailableException} when no member could give one, naming what was wrong
     *     with each; with {@link io.metastore.api.DirectoryUnusableException} when there is no space for it or it could not be written; with {@link
     *     StoreClosedException} when it was ended. What was received is kept in each case
     */
    public synchronized CompletableFuture<PersistedImage> fetch(long needed) {
        if (closed) {
            return CompletableFuture.failedFuture(ended());
        }
        Fetch now = running;
        if (now != null) {
            return now.needed() >= needed
                    ? now.result()
                    : CompletableFuture.failedFuture(new UnavailableException(
                            "another image is being fetched: member=" + ground.self() + " needed=" + needed
                                    + " underWay=" + now.needed() + "; ask again when that is done"));
        }
        CompletableFuture<PersistedImage> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> run(needed, result), ground.self() + "-image-receiver");
        thread.setDaemon(true);
        running = new Fetch(needed, result, thread);
        thread.start();
        return result;
    }

    private void run(long needed, CompletableFuture<PersistedImage> result) {
        PersistedImage image;
        try {
            image = LongWork.run(
                    ground.self(), Operation.RECEIVE_IMAGE, listener, () -> !goesOn(), work -> received(needed, work));
        } catch (RuntimeException | Error e) { // A bug must not leave somebody waiting.
            String reason = e instanceof MetastoreException ? String.valueOf(e.getMessage()) : e.toString();
            over(new Failure(needed, reason));
            result.completeExceptionally(e);
            return;
        }
        over(null);
        result.complete(image);
    }

    private PersistedImage received(long needed, LongWork work) {
        work.step("asking the others for their images", -1, Unit.BYTES);
        try {
            return hunt(needed, work).run();
        } catch (InterruptedException e) {
            throw ended(); // The thread ends with this; nobody else is told of its interrupt.
        }
    }

    private synchronized void over(@Nullable Failure end) {
        running = null;
        failure = end;
        if (end != null) {
            taking = -1;
        }
    }

    /**
     * Index of the image that is being received, or was received last: whoever has the journal needs to keep what comes behind it for this member. -1 when there is
     * none, or it did not come.
     */
    public long taking() {
        return taking;
    }

    /** Why the last fetch came to nothing; null when it did not, or there was none. */
    public synchronized @Nullable Failure failure() {
        return failure;
    }

    private ImageHunt hunt(long needed, LongWork work) {
        Transport transport = ground.transport();
        if (transport == null) {
            throw new UnavailableException(
                    "a member without a network cannot be given an image: member=" + ground.self());
        }
        ImageCalls calls = new ImageCalls(transport, ground.self(), this::goesOn);
        FetchTools tools = new FetchTools(
                ground.self(),
                calls,
                settings,
                new TokenBucket(settings.bytesPerSecond(), settings.chunkBytesAtRate(), clock),
                new ChunkLength(settings.chunkBytesAtRate()),
                clock,
                work);
        Senders senders = new Senders(tools, ground.others(), ground.leader(), needed - 1);
        return new ImageHunt(tools, images, senders, needed - 1, index -> taking = index);
    }

    private boolean goesOn() {
        synchronized (this) {
            if (closed) {
                return false;
            }
        }
        return goOn.getAsBoolean();
    }

    private StoreClosedException ended() {
        return new StoreClosedException("images are not fetched any more: member=" + ground.self());
    }

    /** Ends what is under way and waits for that. Idempotent. */
    @Override
    public void close() {
        Fetch now;
        synchronized (this) {
            closed = true;
            now = running;
        }
        if (now == null || now.thread() == Thread.currentThread()) {
            return;
        }
        now.thread().interrupt();
        try {
            TimeUnit.NANOSECONDS.timedJoin(now.thread(), CLOSE_MAX.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
