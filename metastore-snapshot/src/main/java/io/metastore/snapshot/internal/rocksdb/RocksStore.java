package io.metastore.snapshot.internal.rocksdb;

import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileMetaData;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB database without a log of its own: what was written after the last flush is gone when the process dies, and what was written in one
 * batch is there as a whole or not at all.
 *
 * <p>Reads, flushes and closing from any thread; {@link #write} by one thread at a time. After {@link #close} everything, including views and
 * cursors that were left open, throws {@link StoreClosedException}.
 */
public final class RocksStore implements AutoCloseable {

    private static final int GATE_STRIPES = 16;
    private static final byte[] NO_BYTES = {};

    private final FileLayer files;
    private final Path directory;
    private final String name;
    private final boolean readOnly;
    private final Handles handles;
    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> families;
    private final ReadOptions latest;
    private final WriteOptions withoutLog;
    private final FlushOptions waiting;
    private final Gate gate;
    private final Set<RocksView> views = ConcurrentHashMap.newKeySet();
    private final Object closing = new Object();
    private volatile boolean paused;
    private final Object marking = new Object();
    /** Writes up to this one are in table files; it was so when the store was opened. Guarded by {@link #marking}. */
    private long flushedSequence;
    /** Set when the mark could not be forced: nothing is forced twice. Guarded by {@link #marking}. */
    private @Nullable ForceFailedException markFailure;

    RocksStore(
            FileLayer files,
            Path directory,
            String name,
            boolean readOnly,
            Handles handles,
            RocksDB db,
            Map<Family, ColumnFamilyHandle> families) {
        this.files = files;
        this.directory = directory;
        this.name = name;
        this.readOnly = readOnly;
        this.handles = handles;
        this.db = db;
        this.families = families;
        this.flushedSequence = db.getLatestSequenceNumber();
        this.latest = handles.own(new ReadOptions()).setVerifyChecksums(true);
        this.withoutLog = handles.own(new WriteOptions()).setDisableWAL(true);
        this.waiting = handles.own(new FlushOptions()).setWaitForFlush(true).setAllowWriteStall(true);
        this.gate = new Gate(GATE_STRIPES, this::closedFailure);
    }

    /**
     * Opens the store in a directory; creates it when the directory is missing or empty.
     *
     * @param files what we write and force beside RocksDB goes through it
     * @param replaceable asked when the directory holds a store whose creation was cut off, or that for another reason holds nothing: whether it may be
     *     deleted and created anew
     * @throws io.metastore.api.CorruptStateException there is something that is not a sound store; nothing in it was replaced
     * @throws StoreFailedException the directory cannot be read or another store has it open
     */
    public static RocksStore open(
            FileLayer files, Path directory, RocksSettings settings, BooleanSupplier replaceable) {
        return new RocksOpening(files, directory, settings).open(replaceable);
    }

    /**
     * Opens what is in a directory for reading only, and writes nothing into it; others may have it open. Writing and flushing fail, closing does not
     * flush.
     *
     * @throws io.metastore.api.CorruptStateException there is no sound store
     * @throws StoreFailedException the directory cannot be read
     */
    public static RocksStore openReadOnly(FileLayer files, Path directory, RocksSettings settings) {
        return new RocksOpening(files, directory, settings).openReadOnly();
    }

    /** Loads the native library, unless it is loaded already. */
    public static void loadLibrary() {
        RocksDB.loadLibrary();
    }

    /** Remembers what is flushed by now, for the next opening. */
    void mark() {
        synchronized (marking) {
            try {
                if (markFailure != null) {
                    throw markFailure;
                }
                FlushMark.write(files, directory, flushedSequence);
            } catch (ForceFailedException e) {
                markFailure = e;
                throw unmarked(e);
            } catch (IOException e) {
                throw unmarked(e);
            }
        }
    }

    private StoreFailedException unmarked(IOException e) {
        return new StoreFailedException(
                "mark of the last flush cannot be written: directory=" + directory + " reason=" + e
                        + "; nothing that was acknowledged is lost, the journal has it; check the disk, then reopen the store",
                e);
    }

    /**
     * Reads the latest value of a key.
     *
     * @param into takes the beginning of the value, as much as fits
     * @return length of the whole value, -1 when the key is absent
     */
    public int get(Family family, byte[] key, int keyLength, byte[] into) {
        int stripe = gate.enter();
        try {
            return db.get(handle(family), latest, key, 0, keyLength, into, 0, into.length);
        } catch (RocksDBException e) {
            throw Failures.during("get", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** The latest value of a key. */
    public byte @Nullable [] get(Family family, byte[] key) {
        int stripe = gate.enter();
        try {
            return db.get(handle(family), latest, key);
        } catch (RocksDBException e) {
            throw Failures.during("get", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** All families as they are now, until closed. */
    public RocksView view() {
        return view(true);
    }

    /** Like {@link #view} for the writer's own reads: every cursor sees the latest at its opening. */
    public RocksView latest() {
        return view(false);
    }

    private RocksView view(boolean frozen) {
        int stripe = gate.enter();
        try {
            RocksView view = new RocksView(this, frozen ? db.getSnapshot() : null);
            views.add(view);
            return view;
        } finally {
            gate.leave(stripe);
        }
    }

    /**
     * Writes all or nothing; visible to reads when it returns, durable after the next flush.
     *
     * @return the sequence number that views taken from now on have, until the next write
     */
    public long write(WriteBuffer buffer) {
        int stripe = gate.enter();
        try (WriteBatch batch = new WriteBatch(buffer.toBytes())) {
            db.write(withoutLog, batch);
            return db.getLatestSequenceNumber();
        } catch (RocksDBException e) {
            throw Failures.during("write", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** Makes durable what was written before the call, in all families at once. */
    public void flush() {
        int stripe = gate.enter();
        try {
            flushInside();
        } finally {
            gate.leave(stripe);
        }
    }

    private void flushInside() {
        long sequence = db.getLatestSequenceNumber();
        try {
            db.flush(waiting, List.copyOf(families.values()));
        } catch (RocksDBException e) {
            throw Failures.during("flush", directory, e);
        }
        synchronized (marking) {
            flushedSequence = Math.max(flushedSequence, sequence);
            mark();
        }
    }

    /** How long the files are that {@link #dropFiles} would delete. */
    public long droppableBytes(Family family, byte[] end) {
        int stripe = gate.enter();
        try {
            return db.getColumnFamilyMetaData(handle(family)).levels().stream()
                    .filter(level -> level.level() > 0)
                    .flatMap(level -> level.files().stream())
                    .filter(file -> Arrays.compareUnsigned(file.largestKey(), end) < 0)
                    .mapToLong(SstFileMetaData::size)
                    .sum();
        } finally {
            gate.leave(stripe);
        }
    }

    /**
     * Deletes the files in which there is nothing but keys of the beginning of a family, except the newest, which were never merged. Each of those keys was deleted
     * before, and that is flushed. It may show again, so nobody asks for it any more, and no view is open that was taken before it was deleted.
     *
     * @param end the first key behind them
     */
    public void dropFiles(Family family, byte[] end) {
        int stripe = gate.enter();
        try {
            db.deleteFilesInRanges(handle(family), List.of(NO_BYTES, end), false);
        } catch (RocksDBException e) {
            throw Failures.during("drop", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** Whether a view is open that does not show a write. */
    public boolean isViewedBefore(long sequence) {
        int stripe = gate.enter();
        try {
            long oldest = db.getLongProperty("rocksdb.oldest-snapshot-sequence"); // 0 when there is none.
            return oldest > 0 && oldest < sequence;
        } catch (RocksDBException e) {
            throw Failures.during("ask for views", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /**
     * Flushes and makes a second store of what there is, sharing the immutable files through hard links.
     *
     * @param target must not exist, on the same file system
     */
    public void checkpoint(Path target) {
        int stripe = gate.enter();
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw Failures.during("checkpoint", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** Reads every block of every file. */
    public void verify() {
        int stripe = gate.enter();
        try {
            db.verifyChecksum();
        } catch (RocksDBException e) {
            throw Failures.during("verify", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** Waits for the flushes and compactions that are under way; no other begins, and no file changes, until this is closed. */
    public void pauseBackgroundWork() {
        int stripe = gate.enter();
        try {
            db.pauseBackgroundWork();
            paused = true;
        } catch (RocksDBException e) {
            throw Failures.during("pause", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    private void continueBackgroundWork() {
        try {
            db.continueBackgroundWork();
            paused = false;
        } catch (RocksDBException e) {
            throw Failures.during("continue", directory, e);
        }
    }

    /** About how much is in memory only, over all families. */
    public long unflushedBytes() {
        int stripe = gate.enter();
        try {
            long sum = 0;
            for (ColumnFamilyHandle handle : families.values()) {
                sum += db.getLongProperty(handle, "rocksdb.cur-size-all-mem-tables");
            }
            return sum;
        } catch (RocksDBException e) {
            throw Failures.during("estimate", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** About how many keys a family has. */
    public long estimatedKeys(Family family) {
        int stripe = gate.enter();
        try {
            return db.getLongProperty(handle(family), "rocksdb.estimate-num-keys");
        } catch (RocksDBException e) {
            throw Failures.during("estimate", directory, e);
        } finally {
            gate.leave(stripe);
        }
    }

    /** See {@link #write}. */
    public long sequence() {
        int stripe = gate.enter();
        try {
            return db.getLatestSequenceNumber();
        } finally {
            gate.leave(stripe);
        }
    }

    /** Native objects not yet freed; 0 after closing. */
    public int openHandles() {
        return handles.open();
    }

    /** Flushes and closes. Waits for calls that are under way. Idempotent. */
    @Override
    public void close() {
        close(true);
    }

    /** Closes without flushing: the files stay as a crash would leave them. */
    public void abandon() {
        close(false);
    }

    private void close(boolean flush) {
        synchronized (closing) {
            boolean first = !gate.isClosed();
            gate.close();
            views.forEach(RocksView::close);
            try {
                if (first && paused) {
                    continueBackgroundWork(); // A flush would wait for it.
                }
                if (first && flush && !readOnly) {
                    flushInside();
                }
            } finally {
                handles.close();
            }
        }
    }

    ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) {
            throw new AssertionError(family);
        }
        return handle;
    }

    RocksDB db() {
        return db;
    }

    /** Where it is. */
    public Path directory() {
        return directory;
    }

    Handles handles() {
        return handles;
    }

    void forget(RocksView view) {
        views.remove(view);
    }

    /** Throws when the store was closed. */
    public void checkOpen() {
        if (gate.isClosed()) {
            throw closedFailure();
        }
    }

    boolean isClosed() {
        return gate.isClosed();
    }

    StoreClosedException closedFailure() {
        return new StoreClosedException("state is closed: store=" + name + " directory=" + directory);
    }
}
