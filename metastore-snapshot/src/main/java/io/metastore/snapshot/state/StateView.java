package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The whole state at one position; later entries do not show. Callable from any thread; each cursor is for one.
 *
 * <p>Holds back the cleaning up of old versions while it is open, so close it soon. After it is closed, calls throw {@link IllegalStateException};
 * after the state is closed, {@link io.metastore.api.StoreClosedException}, also from cursors that are still open.
 */
public final class StateView implements RecordSource, AutoCloseable {

    private final RocksView view;
    private final AppliedState at;
    private final Runnable closed;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile @Nullable TableRegistry registry;

    /**
     * A view of a state.
     *
     * @param published what the view shows; null when that is not known and has to be read
     * @param closed run once when it is closed
     */
    StateView(RocksView view, Applier.@Nullable Published published, Runnable closed) {
        this.view = view;
        this.closed = closed;
        this.at = published == null ? LoadedState.state(view) : published.state();
        this.registry = published == null ? null : published.registry();
    }

    /** The position, revision and fingerprint of what is seen. */
    public AppliedState at() {
        return at;
    }

    /** The tables registered at that position, by number. */
    public List<TableRecord> tables() {
        return registry().tables();
    }

    /** The table of a name as registered at that position. */
    public @Nullable TableRecord table(String name) {
        return registry().table(name);
    }

    private TableRegistry registry() {
        TableRegistry known = registry;
        if (known == null) {
            known = LoadedState.registry(view);
            registry = known;
        }
        return known;
    }

    @Override
    public @Nullable StoredRecord get(int table, byte[] key) {
        byte[] stored = view.get(Family.DATA, DataKeys.encode(table, key));
        return stored == null ? null : RocksRecords.record(key, stored);
    }

    @Override
    public @Nullable StoredRecord getHeader(int table, byte[] key) {
        byte[] header = new byte[RecordHeader.BYTES];
        int found = view.get(Family.DATA, DataKeys.encode(table, key), header);
        return found < 0 ? null : RecordHeader.read(header).withoutValue(key);
    }

    @Override
    public RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        return RocksRecords.scan(view, table, from, to, reversed);
    }

    /**
     * What became of a transaction of a session that sends no batch any more.
     *
     * @param question about one of its batches
     */
    public TransactionResult.Resolved resolve(UUID session, JournalTransaction.Resolve question) {
        List<byte[]> records = new ArrayList<>();
        try (RocksCursor cursor = view.cursor(
                Family.SESSIONS,
                SystemRecords.session(session, 0),
                SystemRecords.session(session, Long.MAX_VALUE),
                false)) {
            for (RocksCursor.Row row = cursor.next(); row != null; row = cursor.next()) {
                records.add(row.value());
            }
        }
        return Sessions.resolve(records, question);
    }

    /** What became of a batch; null when it was not applied, or that is not remembered any more. */
    public @Nullable BatchOutcome outcome(UUID session, long sequence) {
        byte[] value = view.get(Family.SESSIONS, SystemRecords.session(session, sequence));
        return value == null ? null : Sessions.outcome(value);
    }

    /** The last number taken from a sequence; 0 when none was. */
    public long lastId(String sequence) {
        byte[] value = view.get(Family.SYSTEM, SystemRecords.sequence(sequence));
        return value == null ? 0 : SystemRecords.number(value);
    }

    /** Revisions up to this one are no longer in the feed. */
    public long feedFloor() {
        return FeedWindow.decode(view.get(Family.SYSTEM, SystemRecords.FEED)).floor();
    }

    /**
     * What changed after a revision, in order.
     *
     * @param after the revision before the first that is wanted; from {@link #feedFloor} on
     */
    public FeedCursor feed(long after) {
        RocksCursor cursor = view.cursor(Family.FEED, SystemRecords.number(after + 1), null, false);
        return new FeedCursor(cursor, after);
    }

    /** The fingerprint computed from every record there is, to compare with the one that was kept up to date. Reads all headers. */
    public String recomputeFingerprint() {
        return recomputeFingerprint(count -> {});
    }

    /**
     * As above.
     *
     * @param records told how many were read, every few thousand and at the end
     */
    public String recomputeFingerprint(LongConsumer records) {
        return FingerprintScan.of(view, records);
    }

    @Override
    public void close() {
        view.close();
        if (isClosed.compareAndSet(false, true)) {
            closed.run();
        }
    }
}
