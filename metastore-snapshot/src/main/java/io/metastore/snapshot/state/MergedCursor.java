package io.metastore.snapshot.state;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cursor over the state with a batch's own writes laid over it. */
final class MergedCursor implements RecordSource.RecordCursor {

    private static final byte[] NO_VALUE = {};

    private final RecordSource.RecordCursor base;
    private final Iterator<Overlay.Cell> writes;
    private final boolean reversed;
    private @Nullable StoredRecord stored;
    private Overlay.@Nullable Cell write;
    private boolean started;

    MergedCursor(RecordSource.RecordCursor base, List<Overlay.Cell> writes, boolean reversed) {
        this.base = base;
        this.writes = writes.iterator();
        this.reversed = reversed;
    }

    @Override
    public @Nullable StoredRecord nextHeader() {
        StoredRecord next = next();
        return next == null
                ? null
                : new StoredRecord(
                        next.key(),
                        NO_VALUE,
                        next.valueVersion(),
                        next.version(),
                        next.createRevision(),
                        next.modRevision());
    }

    @Override
    public @Nullable StoredRecord next() {
        if (!started) {
            started = true;
            stored = base.next();
            write = writes.hasNext() ? writes.next() : null;
        }
        while (true) {
            StoredRecord below = stored;
            Overlay.Cell above = write;
            if (below == null && above == null) {
                return null;
            }
            int order = order(below, above);
            if (order <= 0) { // On 0 the batch has overwritten or removed it.
                stored = base.next();
            }
            if (order < 0) {
                return below;
            }
            write = writes.hasNext() ? writes.next() : null;
            RecordHeader header = above == null ? null : above.written().header();
            if (above != null && header != null) {
                return header.record(above.key(), above.written().value());
            }
        }
    }

    /** Below 0: the stored record comes first. Above 0: the write. */
    private int order(@Nullable StoredRecord below, Overlay.@Nullable Cell above) {
        if (above == null) {
            return -1;
        }
        if (below == null) {
            return 1;
        }
        int order = Arrays.compareUnsigned(below.key(), above.key());
        return reversed ? -order : order;
    }

    @Override
    public void close() {
        base.close();
    }
}
