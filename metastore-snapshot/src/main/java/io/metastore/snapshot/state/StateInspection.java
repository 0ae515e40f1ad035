package io.metastore.snapshot.state;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import io.metastore.snapshot.internal.rocksdb.RocksSettings;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.TableRecord;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A state in a directory, opened to be looked at. Nothing is written into the directory, and nothing in it is repaired.
 *
 * <p>Callable from any thread; a cursor is for one. Whatever does not read as it should is a {@link io.metastore.api.CorruptStateException}.
 */
public final class StateInspection implements AutoCloseable {

    private static final long BLOCK_CACHE_BYTES = 8 << 20;
    private static final int OPEN_FILES_MAX = 256;

    private final RocksStore store;
    private final RocksView view;
    private final AppliedState at;

    private StateInspection(RocksStore store, RocksView view) {
        this.store = store;
        this.view = view;
        this.at = LoadedState.state(view);
    }

    /**
     * Opens a directory in which a state, or a checkpoint of one, is.
     *
     * @throws io.metastore.api.CorruptStateException there is no sound state
     * @throws io.metastore.api.StoreFailedException the directory cannot be read
     */
    public static StateInspection open(FileLayer files, Path directory) {
        RocksStore store = RocksStore.openReadOnly(
                files, directory, new RocksSettings("inspection", BLOCK_CACHE_BYTES, 1 << 20, OPEN_FILES_MAX, 1));
        try {
            return new StateInspection(store, store.latest());
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    /** Position, revision and fingerprint as the state says of itself. */
    public AppliedState at() {
        return at;
    }

    /** RocksDB's number of the last write; see {@link StateCheckpoint}. */
    public long sequence() {
        return store.sequence();
    }

    /** The registered tables by number. */
    public List<TableRecord> tables() {
        return LoadedState.registry(view).tables();
    }

    /** About how many records there are. */
    public long estimatedRecords() {
        return store.estimatedKeys(Family.DATA);
    }

    /**
     * The fingerprint computed from every record; compare it with that of {@link #at}. Reads all headers.
     *
     * @param records told how many were read, every few thousand and at the end
     */
    public String recomputeFingerprint(LongConsumer records) {
        return FingerprintScan.of(view, records);
    }

    /** Reads every block of every file. */
    public void verifyChecksums() {
        store.verify();
    }

    /** By table and key, and what the feed has; to be closed before this is. */
    public StateView view() {
        return new StateView(store.latest(), null, () -> {});
    }

    /** What became of the batches that are remembered, in no order. */
    public void outcomes(Consumer<BatchOutcome> visitor) {
        try (RocksCursor cursor = view.cursor(Family.SESSIONS, new byte[0], null, false)) {
            for (RocksCursor.Row row = cursor.next(); row != null; row = cursor.next()) {
                visitor.accept(Sessions.outcome(row.value()));
            }
        }
    }

    /** All records, by table and key; to be closed. */
    public Records records() {
        return new Records(view.cursor(Family.DATA, new byte[0], null, false));
    }

    /** Walks over all records. For one thread. */
    public static final class Records implements AutoCloseable {

        private final RocksCursor cursor;

        private Records(RocksCursor cursor) {
            this.cursor = cursor;
        }

        /** The next record; null at the end. */
        public @Nullable InspectedRecord next() {
            RocksCursor.Row row = cursor.next();
            if (row == null) {
                return null;
            }
            RecordHeader header = RecordHeader.read(row.value());
            byte[] value = Arrays.copyOfRange(row.value(), RecordHeader.BYTES, row.value().length);
            return new InspectedRecord(
                    DataKeys.table(row.key()), header.record(DataKeys.userKey(row.key()), value), header.valueDigest());
        }

        @Override
        public void close() {
            cursor.close();
        }
    }

    /** Native objects not yet freed; 0 after closing. */
    public int openHandles() {
        return store.openHandles();
    }

    @Override
    public void close() {
        store.close();
    }
}
