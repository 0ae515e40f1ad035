package io.metastore.snapshot.state;

import io.metastore.api.CorruptStateException;
import io.metastore.api.StoreClosedException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state as a batch sees and changes it: what is stored, the batch's own writes over it, and the registry, revision and fingerprint that result.
 * Each change is told to a listener that writes it down. A transaction's part ends with {@link #commit} or {@link #rollback}.
 *
 * <p>One object per batch, used by one thread. No I/O of its own.
 */
final class Workspace implements RecordSource {

    private static final byte[] NO_VALUE = {};

    /** What is stored. */
    interface Base extends RecordSource {
        @Nullable
        RecordHeader header(int table, byte[] key);

        /** The last number taken from a sequence, 0 when none was. */
        long lastId(String sequence);
    }

    /** Writes the changes down. */
    interface Listener {
        void begin();

        void put(int table, byte[] key, RecordHeader header, byte[] value);

        void removed(int table, byte[] key);

        void table(TableRecord table);

        void sequence(String name, long last);

        /** All since {@link #begin} is to be forgotten. */
        void rollback();

        /** All since {@link #begin} made this revision. */
        void commit(long revision, String command);
    }

    private final Base base;
    private final Listener listener;
    private final Fingerprint fingerprint;
    private final Overlay overlay = new Overlay();
    private final Map<String, Long> sequences = new HashMap<>();
    /** Stored headers of keys that were checked; stays right for the whole batch, which is written at its end. */
    private @Nullable Map<Overlay.Place, Overlay.Written> checked;

    private TableRegistry registry;
    private long revision;
    private long epoch;
    private boolean changed;

    private TableRegistry registryBefore;
    private long fingerprintHighBefore;
    private long fingerprintLowBefore;
    private long epochBefore;
    private @Nullable Map<String, Long> sequencesBefore;

    Workspace(
            Base base, Listener listener, TableRegistry registry, long epoch, long revision, Fingerprint fingerprint) {
        this.base = base;
        this.listener = listener;
        this.registry = registry;
        this.registryBefore = registry;
        this.epoch = epoch;
        this.epochBefore = epoch;
        this.revision = revision;
        this.fingerprint = fingerprint;
    }

    void begin() {
        changed = false;
        registryBefore = registry;
        epochBefore = epoch;
        fingerprintHighBefore = fingerprint.high();
        fingerprintLowBefore = fingerprint.low();
        sequencesBefore = null;
        listener.begin();
    }

    /** Ends the transaction; true when it changed something and so made a revision. */
    boolean commit(String command) {
        overlay.commit();
        if (changed) {
            revision++;
            listener.commit(revision, command);
        }
        return changed;
    }

    /** Undoes the transaction. */
    void rollback() {
        overlay.rollback();
        registry = registryBefore;
        epoch = epochBefore;
        fingerprint.set(fingerprintHighBefore, fingerprintLowBefore);
        if (sequencesBefore != null) {
            sequences.clear();
            sequences.putAll(sequencesBefore);
        }
        listener.rollback();
    }

    TableRegistry registry() {
        return registry;
    }

    long revision() {
        return revision;
    }

    /** Of the revisions. */
    long epoch() {
        return epoch;
    }

    /** An earlier one changes nothing. */
    long beginEpoch(long next) {
        if (next > epoch) {
            epoch = next;
            changed = true;
        }
        return epoch;
    }

    /** The header of a key that is checked; what is stored is remembered, because checked keys are often written next. */
    @Nullable
    RecordHeader header(int table, byte[] key) {
        requireTable(table);
        Overlay.Place place = new Overlay.Place(table, key);
        Overlay.Written written = overlay.get(place);
        if (written != null) {
            return written.header();
        }
        if (checked == null) {
            checked = new HashMap<>();
        }
        Overlay.Written known = checked.get(place);
        if (known == null) {
            known = new Overlay.Written(base.header(table, key), NO_VALUE);
            checked.put(place, known);
        }
        return known.header();
    }

    /** The header of a key that is about to be written. */
    private @Nullable RecordHeader header(int table, byte[] key, Overlay.Place place) {
        requireTable(table);
        Overlay.Written written = overlay.get(place);
        if (written == null && checked != null) {
            written = checked.get(place);
        }
        return written != null ? written.header() : base.header(table, key);
    }

    @Override
    public @Nullable StoredRecord get(int table, byte[] key) {
        requireTable(table);
        Overlay.Written written = overlay.get(new Overlay.Place(table, key));
        if (written == null) {
            return base.get(table, key);
        }
        RecordHeader header = written.header();
        return header == null ? null : header.record(key, written.value());
    }

    @Override
    public @Nullable StoredRecord getHeader(int table, byte[] key) {
        RecordHeader header = header(table, key, new Overlay.Place(table, key));
        return header == null ? null : header.withoutValue(key);
    }

    @Override
    public RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        requireTable(table);
        var writes = overlay.range(table, from, to, reversed);
        RecordCursor stored = base.scan(table, from, to, reversed);
        return writes.isEmpty() ? stored : new MergedCursor(stored, writes, reversed);
    }

    /** Writes a key; returns its new version. */
    long put(int table, byte[] key, int valueVersion, byte[] value) {
        Overlay.Place place = new Overlay.Place(table, key);
        RecordHeader before = header(table, key, place);
        long now = revision + 1;
        RecordHeader after = before == null
                ? new RecordHeader(now, now, 1, Fingerprint.digest(value), valueVersion)
                : new RecordHeader(
                        before.createRevision(), now, before.version() + 1, Fingerprint.digest(value), valueVersion);
        if (before != null) {
            fingerprint.subtract(table, key, before);
        }
        fingerprint.add(table, key, after);
        overlay.write(place, new Overlay.Written(after, value));
        listener.put(table, key, after, value);
        changed = true;
        return after.version();
    }

    /** Removes a key; says whether it was there. */
    boolean remove(int table, byte[] key) {
        Overlay.Place place = new Overlay.Place(table, key);
        RecordHeader before = header(table, key, place);
        if (before == null) {
            return false;
        }
        fingerprint.subtract(table, key, before);
        overlay.write(place, new Overlay.Written(null, NO_VALUE));
        listener.removed(table, key);
        changed = true;
        return true;
    }

    /** Every record that was written or removed. */
    void forEachWritten(Overlay.Visitor visitor) {
        overlay.forEach(visitor);
    }

    /** Takes numbers from a sequence; returns the first. Fewer than one changes nothing and returns the next. */
    long nextIds(String sequence, int count) {
        Long known = sequences.get(sequence);
        long last = known != null ? known : base.lastId(sequence);
        if (count < 1) {
            return last + 1;
        }
        if (sequencesBefore == null) {
            sequencesBefore = new HashMap<>(sequences);
        }
        sequences.put(sequence, last + count);
        if (last > 0) {
            fingerprint.subtract(sequence, last);
        }
        fingerprint.add(sequence, last + count);
        listener.sequence(sequence, last + count);
        changed = true;
        return last + 1;
    }

    /** Registers a table or raises its version; returns its number. */
    int register(TableRecord definition) {
        TableRecord registered = registry.table(definition.name());
        TableRecord table = registry.resolve(definition);
        if (table.equals(registered)) {
            return table.id();
        }
        if (registered != null) {
            fingerprint.subtract(registered);
        }
        fingerprint.add(table);
        registry = registry.with(table);
        listener.table(table);
        changed = true;
        return table.id();
    }

    private void requireTable(int table) {
        if (!registry.has(table)) {
            throw new Rejection(
                    TransactionResult.Code.UNKNOWN_TABLE,
                    "table is not registered: table=" + table + " registered="
                            + registry.tables().size()
                            + "; ask the store for the table again, with store.table(definition)");
        }
    }

    /** Whether an exception comes from the state itself and not from a command: then it must not become a result. */
    static boolean isOwnFailure(RuntimeException e) {
        return e instanceof CorruptStateException
                || e instanceof StoreFailedException
                || e instanceof StoreClosedException;
    }
}
