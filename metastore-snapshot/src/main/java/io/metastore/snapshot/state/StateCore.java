package io.metastore.snapshot.state;

import io.metastore.api.LogPosition;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksSettings;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One store with what is kept in memory of it: what {@link MetaState} stands before, until another takes its place.
 *
 * <p>Counts who uses it: itself, while it is the current one, and every open view. When the last has let go, the store is closed. Whoever comes too
 * late gets a {@link StoreClosedException} and asks the state that came after.
 */
final class StateCore {

    /** Slots for small records; at most half a kilobyte each. */
    private static final int RECORDS_CACHED = 1 << 16;

    private static final byte[] NO_BYTES = {};
    /** How long an entry that is written may take until it is published, before a checkpoint does without knowing it. */
    private static final long PUBLISHED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RocksStore store;
    private final Applier applier;
    private final RecordCache cache;
    private final AtomicInteger users = new AtomicInteger(1);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Object flushing = new Object();
    private final Object checkpointing = new Object();
    /** Guarded by it. */
    private final FeedFiles feedFiles;

    /** Never falls. */
    private volatile LogPosition durable;

    private StateCore(RocksStore store, Applier applier, RecordCache cache) {
        this.store = store;
        this.applier = applier;
        this.cache = cache;
        this.durable = applier.published().state().position();
        this.feedFiles = new FeedFiles(store);
    }

    /** See {@link MetaState#open}. */
    static StateCore open(
            FileLayer files,
            Path directory,
            MetaState.Options options,
            CommandRuntime commands,
            BooleanSupplier replayable) {
        RocksStore store = RocksStore.open(
                files,
                directory,
                new RocksSettings(
                        options.name(),
                        options.blockCacheBytes(),
                        options.writeBufferBytes(),
                        options.openFilesMax(),
                        options.backgroundJobsMax()),
                replayable);
        try {
            FeedWindow.Retention retention = new FeedWindow.Retention(options.feedRevisions(), options.feedBytesMax());
            RecordCache cache = new RecordCache(RECORDS_CACHED);
            return new StateCore(store, new Applier(store, commands, retention, LoadedState.load(store), cache), cache);
        } catch (RuntimeException | Error e) {
            store.abandon();
            throw e;
        }
    }

    Applier applier() {
        return applier;
    }

    RocksStore store() {
        return store;
    }

    LogPosition durable() {
        return durable;
    }

    @Nullable
    StoredRecord get(int table, byte[] key) {
        store.checkOpen();
        return cache.get(table, key, this::load);
    }

    boolean has(int table, byte[] key) {
        store.checkOpen();
        if (cache.holds(table, key)) {
            return true;
        }
        byte[] stored = DataKeys.encode(table, key);
        return store.get(Family.DATA, stored, stored.length, NO_BYTES) >= 0;
    }

    private @Nullable StoredRecord load(int table, byte[] key) {
        byte[] stored = store.get(Family.DATA, DataKeys.encode(table, key));
        return stored == null ? null : RocksRecords.record(key, stored);
    }

    StateView view() {
        use();
        try {
            return applier.view(this::letGo);
        } catch (RuntimeException | Error e) {
            letGo();
            throw e;
        }
    }

    LogPosition flush() {
        LogPosition before = applier.published().state().position();
        store.flush();
        return reached(before);
    }

    private LogPosition reached(LogPosition flushed) {
        synchronized (flushing) {
            if (flushed.index() > durable.index()) {
                durable = flushed;
            }
            return durable;
        }
    }

    /** See {@link MetaState#checkpoint}. Holds on to the store, so that it is not closed in between. */
    StateCheckpoint checkpoint(Path target) {
        use();
        try {
            synchronized (checkpointing) {
                FeedFiles.Trimmed trimmed = feedFiles.drop();
                LogPosition before = applier.published().state().position();
                try (RecentStates.Recording recording = applier.record()) {
                    store.checkpoint(target); // Flushes, as there is no log to go without.
                    feedFiles.flushed(trimmed);
                    reached(before);
                    awaitPublished(recording, store.sequence());
                    return new StateCheckpoint(target, recording.moments());
                }
            }
        } finally {
            letGo();
        }
    }

    private static void awaitPublished(RecentStates.Recording recording, long sequence) {
        long until = System.nanoTime() + PUBLISHED_WITHIN_NANOS;
        while (!recording.reaches(sequence) && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(50_000); // The apply thread is between writing and publishing.
        }
    }

    /** Another has taken its place. Views that are open can be used on; the store is closed, without flushing, when the last is closed. */
    CompletableFuture<Void> retire() {
        letGo();
        return closed;
    }

    private void use() {
        int seen = users.get();
        while (seen > 0) {
            if (users.compareAndSet(seen, seen + 1)) {
                return;
            }
            seen = users.get();
        }
        throw new StoreClosedException("state has been replaced and is closed: directory=" + store.directory());
    }

    private void letGo() {
        if (users.decrementAndGet() == 0) {
            abandon();
        }
    }

    /** Flushes and closes at once, whoever uses it. Idempotent. */
    void close() {
        close(store::close);
    }

    /** Closes at once without flushing. Idempotent. */
    void abandon() {
        close(store::abandon);
    }

    private void close(Runnable closing) {
        try {
            closing.run();
            closed.complete(null);
        } catch (RuntimeException | Error e) {
            closed.completeExceptionally(e);
            throw e;
        }
    }
}
