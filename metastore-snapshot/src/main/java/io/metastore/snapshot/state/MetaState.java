package io.metastore.snapshot.state;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksSettings;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.TableRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The state of one member: what the journal's entries have made of an empty store, kept in RocksDB.
 *
 * <p>Concurrency: {@link #apply} and {@link #skip} by one thread at a time, everything else from any thread, also while entries are applied and
 * while another thread closes. After closing, calls throw {@link io.metastore.api.StoreClosedException}; native memory is never used after it was
 * freed.
 *
 * <p>Durability: entries are in memory until {@link #flush} or until RocksDB flushes by itself; the journal is the log. Data and position are
 * written in one batch and flushed together, so after a crash the state is the one at {@link #durable}, and replaying the journal from there leads
 * to the same state.
 */
public final class MetaState implements AutoCloseable {

    /** Slots for small records; at most half a kilobyte each. */
    private static final int RECORDS_CACHED = 1 << 16;

    private static final byte[] NO_BYTES = {};

    private final RocksStore store;
    private final Applier applier;
    private final RecordCache cache;
    private final AtomicReference<@Nullable Thread> applying = new AtomicReference<>();
    private final Object flushing = new Object();
    /** Never falls. */
    private volatile LogPosition durable;

    private MetaState(RocksStore store, Applier applier, RecordCache cache) {
        this.store = store;
        this.applier = applier;
        this.cache = cache;
        this.durable = applier.published().state().position();
    }

    /**
     * Opens the state in a directory; creates an empty one when the directory is missing or empty.
     *
     * @param commands runs the commands in the journal; called on the apply thread
     * @throws CorruptStateException there is something that is not a sound state; nothing in it was replaced
     * @throws io.metastore.api.StoreFailedException the directory cannot be read, or is open elsewhere
     */
    public static MetaState open(Path directory, Options options, CommandRuntime commands) {
        return open(new DiskFileLayer(), directory, options, commands, () -> false);
    }

    /**
     * As above, for a state that a journal leads to.
     *
     * @param files what we write and force beside RocksDB goes through it
     * @param replayable asked when the directory holds a state whose creation was cut off: whether the journal has everything from its first entry on,
     *     so that an empty state may take its place
     */
    public static MetaState open(
            FileLayer files, Path directory, Options options, CommandRuntime commands, BooleanSupplier replayable) {
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
            return new MetaState(store, new Applier(store, commands, retention, LoadedState.load(store), cache), cache);
        } catch (RuntimeException | Error e) {
            store.abandon();
            throw e;
        }
    }

    /** Loads RocksDB's native library, so that a later {@link #open} is quicker. Callable from any thread. */
    public static void loadLibrary() {
        RocksStore.loadLibrary();
    }

    /**
     * Applies a committed entry. The effects are visible to reads when this returns.
     *
     * @param position behind everything applied so far; see {@link #contains}
     * @param entry from its position to its limit; left as it was and not referred to afterwards
     * @return what became of its batch; failures of transactions are results
     * @throws io.metastore.snapshot.journal.UndecodableEntryException nothing was applied; the member must stop here
     * @throws UnknownCommandInJournalException likewise
     * @throws io.metastore.api.StoreFailedException likewise; the disk refused
     */
    public BatchOutcome apply(LogPosition position, ByteBuffer entry) {
        enter();
        try {
            return applier.apply(position, entry);
        } finally {
            applying.set(null);
        }
    }

    /** Notes that the entry at this position has nothing for the state. */
    public void skip(LogPosition position) {
        enter();
        try {
            applier.skip(position);
        } finally {
            applying.set(null);
        }
    }

    private void enter() {
        if (!applying.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("entries are applied by two threads at once: this="
                    + Thread.currentThread().getName());
        }
    }

    /** Whether the entry at this position was applied or skipped before. */
    public boolean contains(LogPosition position) {
        return position.index() <= applied().index();
    }

    /** How far the state has come; one volatile read. */
    public AppliedState current() {
        return applier.published().state();
    }

    /** Last entry that was applied or skipped; {@link LogPosition#NONE} before the first. */
    public LogPosition applied() {
        return current().position();
    }

    public Revision revision() {
        return current().revision();
    }

    /** 32 hexadecimal digits; the same on every member at the same position. */
    public String fingerprint() {
        return current().fingerprint();
    }

    /** The latest version of a record. */
    public @Nullable StoredRecord get(int table, byte[] key) {
        store.checkOpen();
        return cache.get(table, key, this::load);
    }

    /** Whether a record is there now; its value stays where it is. */
    public boolean has(int table, byte[] key) {
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

    /** The table registered under a name; from memory. */
    public @Nullable TableRecord table(String name) {
        return applier.published().registry().table(name);
    }

    /** All registered tables by number; from memory. */
    public List<TableRecord> tables() {
        return applier.published().registry().tables();
    }

    /** Everything as it is now, consistent over all tables; to be closed. */
    public StateView view() {
        return applier.view();
    }

    /** Makes durable what was applied before the call; returns how far that reaches. May take as long as writing the buffers to disk takes. */
    public LogPosition flush() {
        LogPosition before = applied();
        store.flush();
        synchronized (flushing) {
            if (before.index() > durable.index()) {
                durable = before;
            }
            return durable;
        }
    }

    /** How far the state has come at least after a crash: what was found when it was opened, or flushed since. */
    public LogPosition durable() {
        return durable;
    }

    /**
     * Makes a second state of this one in another directory, sharing its immutable files through hard links; applying goes on meanwhile.
     *
     * @param target must not exist, on the same file system
     */
    public void checkpoint(Path target) {
        store.checkpoint(target);
    }

    /** Reads every block of every file. Fails with {@link CorruptStateException} on the first that is damaged. */
    public void verify() {
        store.verify();
    }

    /** The fingerprint computed from every record there is; for tests and audits. Compare it with that of the same position only. */
    public String recomputeFingerprint() {
        try (StateView view = view()) {
            return view.recomputeFingerprint();
        }
    }

    /** Native objects not yet freed; 0 after closing. */
    public int openHandles() {
        return store.openHandles();
    }

    /** Flushes and closes. Waits for calls under way; views and cursors that are still open become unusable. Idempotent. */
    @Override
    public void close() {
        store.close();
    }

    /** Closes without flushing, as a crash of the process would; for tests. */
    public void abandon() {
        store.abandon();
    }

    /**
     * What a state may use. Immutable; {@link #defaults} fits metadata.
     *
     * @param name shown in messages
     * @param blockCacheBytes cache of blocks read from disk, index and filter blocks included; default 64 MiB. Too small: reads go to the disk
     * @param writeBufferBytes writes held in memory per family before they are flushed, twice this over all families; default 32 MiB. Bounds what is
     *     replayed after a crash; too small: many small files
     * @param openFilesMax table files open at once; default 512
     * @param backgroundJobsMax flushes and compactions at once; default 2
     * @param feedRevisions revisions kept for readers of the feed; default 100,000
     * @param feedBytesMax bytes kept for them, whichever limit is met first; default 256 MiB
     */
    public record Options(
            String name,
            long blockCacheBytes,
            long writeBufferBytes,
            int openFilesMax,
            int backgroundJobsMax,
            long feedRevisions,
            long feedBytesMax) {

        public Options {
            require("blockCacheBytes", blockCacheBytes, 1 << 20);
            require("writeBufferBytes", writeBufferBytes, 64 << 10);
            require("openFilesMax", openFilesMax, 16);
            require("backgroundJobsMax", backgroundJobsMax, 1);
            require("feedRevisions", feedRevisions, 1);
            require("feedBytesMax", feedBytesMax, 1);
        }

        /** The defaults under a name. */
        public static Options defaults(String name) {
            return new Options(name, 64 << 20, 32 << 20, 512, 2, 100_000, 256 << 20);
        }

        public Options withBlockCacheBytes(long bytes) {
            return new Options(
                    name, bytes, writeBufferBytes, openFilesMax, backgroundJobsMax, feedRevisions, feedBytesMax);
        }

        public Options withWriteBufferBytes(long bytes) {
            return new Options(
                    name, blockCacheBytes, bytes, openFilesMax, backgroundJobsMax, feedRevisions, feedBytesMax);
        }

        public Options withFeed(long revisions, long bytesMax) {
            return new Options(
                    name, blockCacheBytes, writeBufferBytes, openFilesMax, backgroundJobsMax, revisions, bytesMax);
        }

        private static void require(String setting, long value, long min) {
            if (value < min) {
                throw new IllegalArgumentException("setting out of range: " + setting + "=" + value + " min=" + min);
            }
        }
    }
}
