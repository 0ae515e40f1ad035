package io.metastore.raft.internal.store;

import io.metastore.api.CasResult;
import io.metastore.api.Entry;
import io.metastore.api.Limits;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Removed;
import io.metastore.api.Revision;
import io.metastore.api.StoreClosedException;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.internal.node.Deadline;
import io.metastore.raft.internal.node.Node;
import io.metastore.snapshot.state.StateView;
import io.metastore.snapshot.state.StoredRecord;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A table of a store: every call a transaction or a read of its own. */
final class StoreTable<K, V> implements Table<K, V> {

    private final RaftMetaStore store;
    private final TableDef<K, V> table;
    private final ReadMode mode;

    StoreTable(RaftMetaStore store, TableDef<K, V> table, ReadMode mode) {
        this.store = store;
        this.table = table;
        this.mode = mode;
    }

    @Override
    public TableDef<K, V> definition() {
        return table;
    }

    @Override
    public Table<K, V> reading(ReadMode other) {
        return new StoreTable<>(store, table, other);
    }

    @Override
    public Optional<V> get(K key) {
        StoredRecord record = record(key, "get");
        return record == null
                ? Optional.empty()
                : Optional.of(table.decodeValue(record.valueVersion(), record.value()));
    }

    @Override
    public Optional<Entry<K, V>> getEntry(K key) {
        StoredRecord record = record(key, "getEntry");
        return record == null ? Optional.empty() : Optional.of(Encoding.entry(table, record));
    }

    @Override
    public boolean contains(K key) {
        store.enter("contains");
        byte[] bytes = Encoding.key(table, key, limits());
        Deadline deadline = store.deadline();
        Node node = store.node();
        while (true) {
            try {
                node.beforeRead(mode, deadline);
                Integer id = Tables.idIfRegistered(node, table);
                return id != null && node.state().has(id, bytes);
            } catch (StoreClosedException e) {
                node = store.current().after(node, e);
            }
        }
    }

    private @Nullable StoredRecord record(K key, String call) {
        store.enter(call);
        byte[] bytes = Encoding.key(table, key, limits());
        Deadline deadline = store.deadline();
        Node node = store.node();
        while (true) {
            try {
                node.beforeRead(mode, deadline);
                Integer id = Tables.idIfRegistered(node, table);
                return id == null ? null : node.state().get(id, bytes);
            } catch (StoreClosedException e) {
                node = store.current().after(node, e);
            }
        }
    }

    @Override
    public Revision put(K key, V value) {
        return write("put", writes -> writes.put(table, key, value));
    }

    @Override
    public CasResult putIfAbsent(K key, V value) {
        return write("putIfAbsent", writes -> writes.putIfAbsent(table, key, value));
    }

    @Override
    public CasResult replace(K key, long version, V value) {
        return write("replace", writes -> writes.replace(table, key, version, value));
    }

    @Override
    public Removed remove(K key) {
        return write("remove", writes -> writes.remove(table, key));
    }

    @Override
    public CasResult remove(K key, long version) {
        return write("remove", writes -> writes.remove(table, key, version));
    }

    @Override
    public Removed removeRange(Range<K> range) {
        return write("removeRange", writes -> writes.removeRange(table, range));
    }

    private <R> R write(String call, Function<Writes, Writes.Prepared<R>> prepare) {
        store.enter(call);
        Deadline deadline = store.deadline();
        return store.write(prepare.apply(store.writes(deadline)), deadline);
    }

    @Override
    public Page<K, V> scan(Range<K> range) {
        return viewing("scan", view -> {
            Revision revision = view.at().revision();
            Integer id = store.tables().idIfRegistered(table);
            return Scans.page(view, id == null ? 0 : id, table, range, limits().scanEntriesMax(), revision);
        });
    }

    @Override
    public long count(Range<K> range) {
        return viewing("count", view -> {
            Integer id = store.tables().idIfRegistered(table);
            return id == null ? 0L : Scans.count(view, id, table, range);
        });
    }

    private <R> R viewing(String call, Function<StateView, R> reader) {
        store.enter(call);
        try (StateView view = store.view(mode)) {
            return reader.apply(view);
        }
    }

    private Limits limits() {
        return store.node().limits();
    }
}
