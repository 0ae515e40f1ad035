package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.TableRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a running command may touch. Worthless once it is closed, should the handler have kept it; cursors it left open are closed. */
final class CommandAccess implements CommandRuntime.Access, AutoCloseable {

    private final Workspace work;
    private final long leaderTimeMillis;
    private final List<RecordCursor> cursors = new ArrayList<>();
    private boolean closed;

    CommandAccess(Workspace work, long leaderTimeMillis) {
        this.work = work;
        this.leaderTimeMillis = leaderTimeMillis;
    }

    @Override
    public @Nullable StoredRecord get(int table, byte[] key) {
        return work().get(table, key);
    }

    @Override
    public @Nullable StoredRecord getHeader(int table, byte[] key) {
        return work().getHeader(table, key);
    }

    @Override
    public RecordCursor scan(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        RecordCursor cursor = work().scan(table, from, to, reversed);
        cursors.add(cursor);
        return cursor;
    }

    @Override
    public int table(TableRecord definition) {
        return work().register(definition);
    }

    @Override
    public void put(int table, byte[] key, int valueVersion, byte[] value) {
        work().put(table, key.clone(), valueVersion, value.clone()); // The handler may reuse its arrays.
    }

    @Override
    public boolean remove(int table, byte[] key) {
        return work().remove(table, key.clone());
    }

    @Override
    public long nextIds(String sequence, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count must be at least 1: sequence=" + sequence + " count=" + count);
        }
        return work().nextIds(sequence, count);
    }

    @Override
    public long leaderTimeMillis() {
        return leaderTimeMillis;
    }

    @Override
    public long revision() {
        return work().revision();
    }

    @Override
    public void close() {
        closed = true;
        cursors.forEach(RecordCursor::close);
    }

    private Workspace work() {
        if (closed) {
            throw new IllegalStateException("a command's context was used after the command");
        }
        return work;
    }
}
