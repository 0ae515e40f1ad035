package io.metastore.snapshot.internal.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.rocksdb.AbstractNativeReference;

/** Native objects that live as long as the store, freed in reverse order; and the count of all that are open. */
final class Handles implements AutoCloseable {

    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();
    private final AtomicInteger open = new AtomicInteger();

    /** Takes an object over until {@link #close}. Called while opening only. */
    <T extends AbstractNativeReference> T own(T handle) {
        owned.push(handle);
        open.incrementAndGet();
        return handle;
    }

    /** Counts an object that somebody else frees. */
    <T> T opened(T handle) {
        open.incrementAndGet();
        return handle;
    }

    void freed() {
        open.decrementAndGet();
    }

    int open() {
        return open.get();
    }

    @Override
    public void close() {
        while (!owned.isEmpty()) {
            owned.pop().close();
            open.decrementAndGet();
        }
    }
}
