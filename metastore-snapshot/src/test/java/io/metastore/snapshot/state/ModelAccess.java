package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TableRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Lets the same command handlers run over the model. */
record ModelAccess(Model model) implements CommandRuntime.Access {

    @Override
    public int table(TableRecord definition) {
        return model.register(definition);
    }

    @Override
    public void put(int table, byte[] key, int valueVersion, byte[] value) {
        model.put(table, key, valueVersion, value);
    }

    @Override
    public boolean remove(int table, byte[] key) {
        return model.remove(table, key);
    }

    @Override
    public long nextIds(String sequence, int count) {
        return model.nextIds(sequence, count);
    }

    @Override
    public long leaderTimeMillis() {
        return model.leaderTime;
    }

    @Override
    public long revision() {
        return model.revision;
    }

    @Override
    public @Nullable StoredRecord get(int table, byte[] key) {
        return model.get(table, key);
    }

    @Override
    public @Nullable StoredRecord getHeader(int table, byte[] key) {
        return get(table, key);
    }

    @Override
    public RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        NavigableMap<byte[], StoredRecord> range = model.range(table, from, to);
        List<StoredRecord> rows = new ArrayList<>((reversed ? range.descendingMap() : range).values());
        Iterator<StoredRecord> left = rows.iterator();
        return new RecordCursor() {
            @Override
            public @Nullable StoredRecord next() {
                return left.hasNext() ? left.next() : null;
            }

            @Override
            public @Nullable StoredRecord nextHeader() {
                return next();
            }

            @Override
            public void close() {}
        };
    }
}
