package io.metastore.snapshot.state;

import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.api.StoreClosedException;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.TableRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one member: what the journal's entries have made of an empty store, kept in RocksDB.
 *
 * <p>A façade: what is behind it can be replaced by another, newer state while it is used; see {@link #replace}.
 *
 * <p>Concurrency: {@link #apply}, {@link #skip} and {@link #replace} by one thread at a time, everything else from any thread, also while entries are applied and
 * while another thread closes. After closing, calls throw {@link io.metastore.api.StoreClosedException}; native memory is never used after it was
 * freed.
 *
 * <p>Durability: entries are in memory until {@link #flush} or until RocksDB flushes by itself; the journal is the log. Data and position are
 * written in one batch and flushed together, so after a crash the state is the one at {@link #durable}, and replaying the journal from there leads
 * to the same state.
 */
public final class MetaState implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MetaState.class);

    private final FileLayer files;
    private final Options options;
    private final CommandRuntime commands;
    private final AtomicReference<@Nullable Thread> applying = new AtomicReference<>();
    /** Written by the apply thread. Never one that is behind the one before. */
    private volatile StateCore core;

    private final Object replacing = new Object();
    /** Those that were replaced and may still be open. Guarded by {@link #replacing}. */
    private final Set<StateCore> retired = new HashSet<>();
    /** Guarded by {@link #replacing}. */
    private boolean closed;

    private MetaState(FileLayer files, Options options, CommandRuntime commands, StateCore core) {
        this.files = files;
        this.options = options;
        this.commands = commands;
        this.core = core;
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
        return new MetaState(files, options, commands, StateCore.open(files, directory, options, commands, replayable));
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
            return core.applier().apply(position, entry);
        } finally {
            applying.set(null);
        }
    }

    /** Notes that the entry at this position has nothing for the state. */
    public void skip(LogPosition position) {
        enter();
        try {
            core.applier().skip(position);
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

    /** How far the state has come; two volatile reads. */
    public AppliedState current() {
        return core.applier().published().state();
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
        StateCore now = core;
        try {
            return now.get(table, key);
        } catch (StoreClosedException e) {
            successorOf(now, e);
            return reading(next -> next.get(table, key));
        }
    }

    /** Whether a record is there now; its value stays where it is. */
    public boolean has(int table, byte[] key) {
        StateCore now = core;
        try {
            return now.has(table, key);
        } catch (StoreClosedException e) {
            successorOf(now, e);
            return reading(next -> next.has(table, key));
        }
    }

    /** A read that began just before the state was replaced finds its store closed, and is done with the one that took its place. */
    private <T extends @Nullable Object> T reading(Function<StateCore, T> read) {
        StateCore now = core;
        while (true) {
            try {
                return read.apply(now);
            } catch (StoreClosedException e) {
                now = successorOf(now, e);
            }
        }
    }

    private StateCore successorOf(StateCore closed, StoreClosedException failure) {
        StateCore next = core;
        if (next == closed) {
            throw failure;
        }
        return next;
    }

    /** The table registered under a name; from memory. */
    public @Nullable TableRecord table(String name) {
        return core.applier().published().registry().table(name);
    }

    /** All registered tables by number; from memory. */
    public List<TableRecord> tables() {
        return core.applier().published().registry().tables();
    }

    /** Everything as it is now, consistent over all tables; to be closed. */
    public StateView view() {
        return reading(StateCore::view);
    }

    /** Makes durable what was applied before the call; returns how far that reaches. May take as long as writing the buffers to disk takes. */
    public LogPosition flush() {
        return reading(StateCore::flush);
    }

    /** How far the state has come at least after a crash: what was found when it was opened, or flushed since. */
    public LogPosition durable() {
        return core.durable();
    }

    /**
     * Makes a second state of this one in another directory, sharing its immutable files through hard links; applying goes on meanwhile.
     *
     * <p>Entries are applied while it is made, so which of them it contains is found out by looking into it; what the state was then is remembered, to
     * compare. One checkpoint is made at a time, another thread waits.
     *
     * @param target must not exist, nor its name with {@code .tmp} behind it, on the same file system
     * @throws io.metastore.api.StoreFailedException the disk refused; part of it may be there
     */
    public StateCheckpoint checkpoint(Path target) {
        return reading(now -> now.checkpoint(target));
    }

    /**
     * Goes on with the state in another directory. Called by the apply thread between two entries. Reads that are under way and views that are open are
     * not disturbed: views show what they showed until they are closed, everything else the new state from now on.
     *
     * <p>The old store is closed without flushing, by whoever closes its last view, and at the latest with this state.
     *
     * @param directory of a sound state, open nowhere else
     * @return completes when nothing uses the old directory any more
     * @throws CorruptStateException there is no sound state; the old one goes on
     * @throws IllegalArgumentException it is behind this state; the old one goes on
     */
    public CompletableFuture<Void> replace(Path directory) {
        enter();
        try {
            StateCore before = core;
            before.store().checkOpen();
            StateCore next = StateCore.open(files, directory, options, commands, () -> false);
            try {
                requireNotBehind(
                        directory,
                        next.applier().published().state(),
                        before.applier().published().state());
                return replace(before, next);
            } catch (RuntimeException | Error e) {
                if (core != next) {
                    next.abandon();
                }
                throw e;
            }
        } finally {
            applying.set(null);
        }
    }

    private CompletableFuture<Void> replace(StateCore before, StateCore next) {
        synchronized (replacing) {
            if (closed) {
                throw new StoreClosedException("state is closed: store=" + options.name());
            }
            retired.add(before);
            core = next;
        }
        log.info(
                "state replaced: store={} position={} before={}",
                options.name(),
                next.durable(),
                before.applier().published().state().position());
        return before.retire().whenComplete((nothing, failure) -> {
            synchronized (replacing) {
                retired.remove(before);
            }
        });
    }

    private static void requireNotBehind(Path directory, AppliedState next, AppliedState now) {
        if (next.position().index() < now.position().index()
                || next.position().term() < now.position().term()
                || next.revision().number() < now.revision().number()) {
            throw new IllegalArgumentException("a state must not be replaced by one that is behind it: directory="
                    + directory + " position=" + next.position() + " revision=" + next.revision() + " applied="
                    + now.position() + " appliedRevision=" + now.revision());
        }
    }

    /** Reads every block of every file. Fails with {@link CorruptStateException} on the first that is damaged. */
    public void verify() {
        reading(now -> {
            now.store().verify();
            return true;
        });
    }

    /** The fingerprint computed from every record there is; for tests and audits. Compare it with that of the same position only. */
    public String recomputeFingerprint() {
        try (StateView view = view()) {
            return view.recomputeFingerprint();
        }
    }

    /** About how much {@link #flush} would write to the disk now. */
    public long unflushedBytes() {
        return reading(now -> now.store().unflushedBytes());
    }

    /** Native objects not yet freed, those of replaced states included; 0 after closing. */
    public int openHandles() {
        synchronized (replacing) {
            return core.store().openHandles()
                    + retired.stream()
                            .mapToInt(old -> old.store().openHandles())
                            .sum();
        }
    }

    /** Flushes and closes. Waits for calls under way; views and cursors that are still open become unusable. Idempotent. */
    @Override
    public void close() {
        close(StateCore::close);
    }

    /** Closes without flushing, as a crash of the process would; for tests. */
    public void abandon() {
        close(StateCore::abandon);
    }

    /**
     * Closes without flushing as soon as nobody reads any more: views that are open show what they showed until they are closed, calls that begin now are refused.
     *
     * @return completes when the directory is not used any more
     */
    public CompletableFuture<Void> retire() {
        StateCore last;
        synchronized (replacing) {
            if (closed) {
                return CompletableFuture.completedFuture(null);
            }
            closed = true;
            last = core;
        }
        return last.retire();
    }

    /**
     * Makes everything durable and lets RocksDB change no file any more, so that they can be taken over by another; for a state to which nothing is applied any
     * more. Waits for what RocksDB has under way.
     */
    public LogPosition freeze() {
        LogPosition reached = flush();
        return reading(now -> {
            now.store().pauseBackgroundWork();
            return reached;
        });
    }

    private void close(Consumer<StateCore> closing) {
        List<StateCore> old;
        StateCore last;
        synchronized (replacing) {
            old = List.copyOf(retired);
            last = core;
            closed = true; // From here on the core stays the same.
        }
        try {
            old.forEach(StateCore::abandon);
        } finally {
            closing.accept(last);
        }
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
