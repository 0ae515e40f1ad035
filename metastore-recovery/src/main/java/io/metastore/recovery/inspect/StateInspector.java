package io.metastore.recovery.inspect;

import io.metastore.api.ByteRange;
import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.RecordSource.RecordCursor;
import io.metastore.snapshot.state.StateInspection;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A state opened for inspection only: nothing is served, nothing of the journal is replayed, nothing is written, no lock is taken. So it is the state as it was
 * flushed last, at {@link #position}; the journal behind that is for {@link JournalInspector}.
 *
 * <p>Beside a running process: images can be read at any time, also the state until RocksDB deletes a file that was open here; then reads fail with {@link
 * CorruptStateException}, and it has to be opened again.
 *
 * <p>Callable from any thread; each stream is for one, and is to be closed before this is.
 */
public final class StateInspector implements AutoCloseable {

    private final Path directory;
    private final StateInspection inspection;
    private final StateView view;
    private final Definitions definitions;

    private StateInspector(Path directory, StateInspection inspection, StateView view, Definitions definitions) {
        this.directory = directory;
        this.inspection = inspection;
        this.view = view;
        this.definitions = definitions;
    }

    /**
     * Opens a state.
     *
     * @param directory of a member, of an epoch, of a state or of an image
     * @throws DirectoryUnusableException there is no state, or the directory cannot be read
     * @throws CorruptStateException the state is not sound
     */
    public static StateInspector open(Path directory) {
        DiskFileLayer layer = new DiskFileLayer();
        Path state = state(layer, directory);
        StateInspection inspection = StateInspection.open(layer, state);
        try {
            return new StateInspector(state, inspection, inspection.view(), Definitions.NONE);
        } catch (RuntimeException | Error e) {
            inspection.close();
            throw e;
        }
    }

    private static Path state(DiskFileLayer layer, Path directory) {
        try {
            EpochFiles files = new EpochFiles(layer);
            List<String> names = layer.list(directory);
            if (names.contains("CURRENT") && names.stream().anyMatch(name -> name.startsWith("MANIFEST-"))) {
                return directory;
            }
            List<EpochFiles.Found> journals = files.journals(directory);
            Path epoch = journals.isEmpty()
                    ? null
                    : journals.get(journals.size() - 1).epoch();
            Optional<Path> state = epoch == null ? Optional.empty() : files.state(epoch);
            return state.orElseThrow(() -> new DirectoryUnusableException("no state is there: directory=" + directory
                    + " expected: the directory of a member, of an epoch, of a state or of an image; check the path"));
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "state cannot be read: directory=" + directory + " cause=" + e
                            + "; check the path and its permissions",
                    e);
        }
    }

    /** The same, with keys and values of these tables decoded into the application's objects. Closing either closes both. */
    public StateInspector with(TableDef<?, ?>... tables) {
        return new StateInspector(directory, inspection, view, definitions.with(List.of(tables)));
    }

    /** The same, with the texts of values cut to so many characters; 200 unless told otherwise. */
    public StateInspector shortenedTo(int characters) {
        return new StateInspector(directory, inspection, view, definitions.shortenedTo(characters));
    }

    /** Where the state is. */
    public Path directory() {
        return directory;
    }

    /** The last entry of the journal that is contained in it. */
    public LogPosition position() {
        return inspection.at().position();
    }

    /** The last revision that is contained in it. */
    public Revision revision() {
        return inspection.at().revision();
    }

    /** 32 hexadecimal digits, as the state says of itself; two members at the same position have the same. */
    public String fingerprint() {
        return inspection.at().fingerprint();
    }

    /** All tables, the cluster's own too, by number. */
    public List<InspectedTable> tables() {
        return inspection.tables().stream().map(StateInspector::table).toList();
    }

    private static InspectedTable table(TableRecord record) {
        return new InspectedTable(record.id(), record.name(), record.keyCodec(), record.valueCodec(), record.version());
    }

    /** How many records a table has. Reads their keys. */
    public long count(String table) {
        long count = 0;
        try (RecordCursor cursor = view.scan(registered(table).id(), new byte[0], null, false)) {
            while (cursor.nextHeader() != null) {
                count++;
            }
        }
        return count;
    }

    /** A record by its key. */
    public <K> Optional<InspectedRecord> get(TableDef<K, ?> table, K key) {
        return get(table.name(), table.keyCodec().encode(key));
    }

    /** A record by its key as it is stored. */
    public Optional<InspectedRecord> get(String table, byte[] key) {
        InspectedTable registered = registered(table);
        return Optional.ofNullable(view.get(registered.id(), key))
                .map(record -> record(new ValueDecoder(definitions), registered, record));
    }

    /** Records of a range in its direction; its limit counts. Read as they are asked for; to be closed. */
    public <K> Stream<InspectedRecord> scan(TableDef<K, ?> table, Range<K> range) {
        Stream<InspectedRecord> records = scan(table.name(), range.toBytes(table.keyCodec()), range.isReversed());
        return range.limit() == 0 ? records : records.limit(range.limit());
    }

    /** Records of a table in the order of their keys. Read as they are asked for; to be closed. */
    public Stream<InspectedRecord> scan(String table) {
        return scan(table, new ByteRange(new byte[0], null), false);
    }

    private Stream<InspectedRecord> scan(String table, ByteRange range, boolean reversed) {
        InspectedTable registered = registered(table);
        ValueDecoder values = new ValueDecoder(definitions);
        RecordCursor cursor = view.scan(registered.id(), range.from(), range.to(), reversed);
        Spliterator<InspectedRecord> records = new AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.ORDERED) {
            @Override
            public boolean tryAdvance(Consumer<? super InspectedRecord> action) {
                StoredRecord next = cursor.next();
                if (next != null) {
                    action.accept(record(values, registered, next));
                }
                return next != null;
            }
        };
        return StreamSupport.stream(records, false).onClose(cursor::close);
    }

    /** The codec of the values is that of the registered version; older values may have had another. */
    private static InspectedRecord record(ValueDecoder values, InspectedTable table, StoredRecord record) {
        String codec = record.valueVersion() == table.version() ? table.valueCodec() : "";
        return new InspectedRecord(
                table,
                values.key(table, record.key()),
                values.value(table, codec, record.valueVersion(), record.value()),
                record.valueVersion(),
                record.version(),
                record.createRevision(),
                record.modRevision());
    }

    private InspectedTable registered(String table) {
        return inspection.tables().stream()
                .filter(each -> each.name().equals(table))
                .findFirst()
                .map(StateInspector::table)
                .orElseThrow(() -> new IllegalArgumentException("no such table: table=" + table + " tables="
                        + inspection.tables().stream().map(TableRecord::name).toList() + " state=" + directory));
    }

    /** Frees all. Idempotent. */
    @Override
    public void close() {
        try {
            view.close();
        } finally {
            inspection.close();
        }
    }
}
