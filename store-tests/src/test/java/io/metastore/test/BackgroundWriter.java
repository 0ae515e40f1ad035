package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;

import io.metastore.api.Revision;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Writes at one member, one after the other, until it is stopped; a write that fails fails the test. */
final class BackgroundWriter implements AutoCloseable {

    private final CompletableFuture<Revision> last = new CompletableFuture<>();
    private volatile boolean stopped;

    private BackgroundWriter() {}

    static BackgroundWriter start(TestMember member, AtomicLong written) {
        BackgroundWriter writer = new BackgroundWriter();
        new Thread(() -> writer.write(member, written), "background-writer").start();
        return writer;
    }

    private void write(TestMember member, AtomicLong written) {
        try {
            Revision revision = Revision.NONE;
            while (!stopped) {
                revision = member.table(NOTES).put("background" + written.get() % 100, "" + written.get());
                written.incrementAndGet();
            }
            last.complete(revision);
        } catch (RuntimeException | Error e) {
            last.completeExceptionally(e);
        }
    }

    /** The revision of the last write. */
    Revision stop() {
        stopped = true;
        try {
            return last.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("a write failed", e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the writer did not stop", e);
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
