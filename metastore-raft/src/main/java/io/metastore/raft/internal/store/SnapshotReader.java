package io.metastore.raft.internal.store;

import io.metastore.api.ByteRange;
import io.metastore.api.Entry;
import io.metastore.api.Limits;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.Revision;
import io.metastore.api.Snapshot;
import io.metastore.api.TableDef;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.RecordSource;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** One consistent state in the application's types, valid until the reading function has returned. */
final class SnapshotReader implements Snapshot {

    private final StateView view;
    private final Limits limits;
    private volatile boolean over;

    SnapshotReader(StateView view, Limits limits) {
        this.view = view;
        this.limits = limits;
    }

    void end() {
        over = true;
    }

    @Override
    public Revision revision() {
        return view.at().revision();
    }

    @Override
    public <K, V> SnapshotTable<K, V> in(TableDef<K, V> table) {
        check();
        for (TableRecord known : view.tables()) {
            if (known.name().equals(table.name())) {
                Tables.checkCompatible(known, table);
                return new ReadTable<>(table, known.id());
            }
        }
        return new ReadTable<>(table, 0); // Not registered in this state: number 0 holds nothing.
    }

    private void check() {
        if (over) {
            throw new IllegalStateException("a snapshot was used after the function it was given to had returned");
        }
    }

    private final class ReadTable<K, V> implements SnapshotTable<K, V> {

        private final TableDef<K, V> table;
        private final int id;

        ReadTable(TableDef<K, V> table, int id) {
            this.table = table;
            this.id = id;
        }

        @Override
        public Optional<V> get(K key) {
            return getEntry(key).map(Entry::value);
        }

        @Override
        public Optional<Entry<K, V>> getEntry(K key) {
            check();
            StoredRecord record = view.get(id, Encoding.key(table, key, limits));
            return record == null ? Optional.empty() : Optional.of(Encoding.entry(table, record));
        }

        @Override
        public boolean contains(K key) {
            check();
            return view.getHeader(id, Encoding.key(table, key, limits)) != null;
        }

        @Override
        public Page<K, V> scan(Range<K> range) {
            check();
            return Scans.page(view, id, table, range, limits.scanEntriesMax(), revision());
        }

        @Override
        public Stream<Entry<K, V>> stream(Range<K> range) {
            check();
            ByteRange bytes = Encoding.range(table, range);
            RecordSource.RecordCursor cursor = view.scan(id, bytes.from(), bytes.to(), range.isReversed());
            Iterator<Entry<K, V>> entries = new CursorIterator(cursor, range.limit());
            return StreamSupport.stream(
                            Spliterators.spliteratorUnknownSize(
                                    entries, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT),
                            false)
                    .onClose(cursor::close);
        }

        @Override
        public long count(Range<K> range) {
            check();
            return Scans.count(view, id, table, range);
        }

        private final class CursorIterator implements Iterator<Entry<K, V>> {

            private final RecordSource.RecordCursor cursor;
            private final int limit;
            private int returned;
            private @Nullable StoredRecord next;

            CursorIterator(RecordSource.RecordCursor cursor, int limit) {
                this.cursor = cursor;
                this.limit = limit;
            }

            @Override
            public boolean hasNext() {
                check();
                if (next == null && (limit == 0 || returned < limit)) {
                    next = cursor.next();
                }
                return next != null;
            }

            @Override
            public Entry<K, V> next() {
                if (!hasNext() || next == null) {
                    throw new NoSuchElementException();
                }
                StoredRecord record = next;
                next = null;
                returned++;
                return Encoding.entry(table, record);
            }
        }
    }
}
