package io.metastore.examples;

import io.metastore.api.DeadlineExceededException;
import io.metastore.api.MetaStore;
import io.metastore.api.OutcomeUnknownException;
import io.metastore.api.ReadMode;
import io.metastore.api.Table;
import io.metastore.api.UnavailableException;
import io.metastore.examples.Catalog.Edit;
import io.metastore.examples.Catalog.EditKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Writes one small record after the other, whatever happens to the cluster, and remembers each that was acknowledged. Its lists and counts are
 * written by the writing thread and read after it has ended.
 */
final class SteadyWriter implements Callable<List<SteadyWriter.Acknowledged>> {

    /** A write that returned: from now on it must be there. */
    record Acknowledged(EditKey key, Edit edit, long submittedNanos, long returnedNanos) {}

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Table<EditKey, Edit> edits;
    private final String name;
    private final Semaphore written = new Semaphore(0);
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private int failed;
    private volatile boolean stopped;

    SteadyWriter(MetaStore store, String name) {
        this.edits = store.table(Catalog.EDITS);
        this.name = name;
    }

    @Override
    public List<Acknowledged> call() {
        for (long number = 1; !stopped; number++) {
            EditKey key = new EditKey(name, number);
            Edit edit = new Edit("java.base", "edit " + number);
            long submitted = System.nanoTime();
            if (write(key, edit)) {
                acknowledged.add(new Acknowledged(key, edit, submitted, System.nanoTime()));
                written.release();
            } else {
                failed++;
            }
        }
        return acknowledged;
    }

    /** Whether the write is known to be part of the state; a failed call does not by itself say that it is not. */
    private boolean write(EditKey key, Edit edit) {
        try {
            edits.put(key, edit);
            return true;
        } catch (UnavailableException | DeadlineExceededException e) {
            return false; // Nothing was written; the next number is as good.
        } catch (OutcomeUnknownException e) {
            return e.resolve(PATIENCE) instanceof OutcomeUnknownException.WasCommitted;
        }
    }

    /** How many acknowledged writes a member does not have: must be 0. */
    static long missing(List<Acknowledged> acknowledged, MetaStore store, ReadMode mode) {
        return store.read(mode, snapshot -> acknowledged.stream()
                .filter(each -> !snapshot.in(Catalog.EDITS)
                        .get(each.key())
                        .filter(each.edit()::equals)
                        .isPresent())
                .count());
    }

    /** Waits until this many more writes were acknowledged. */
    void awaitMore(int count) throws InterruptedException {
        written.drainPermits();
        if (!written.tryAcquire(count, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("too few writes were acknowledged: writer=" + name + " expected=" + count
                    + " acknowledged=" + written.availablePermits() + " within=" + PATIENCE);
        }
    }

    /** How many writes are not part of the state; their calls said so. */
    int failed() {
        return failed;
    }

    void stop() {
        stopped = true;
    }
}
