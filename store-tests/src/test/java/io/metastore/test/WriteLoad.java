package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One caller that writes, each key once, at whichever member it is given next, and remembers what was acknowledged, what failed and the longest time without
 * an answer. A member that is stopped under its hands is no failure of the write: an application goes down with its member.
 */
final class WriteLoad implements AutoCloseable {

    private static final Duration CALL = Duration.ofSeconds(10);

    /** Some hundred writes a second: members of several clusters share few cores. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final String prefix;
    private final Supplier<List<TestMember>> where;
    private final List<String> acknowledged = new ArrayList<>();
    private final Queue<MetastoreException> failed = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean over;
    private final AtomicLong written = new AtomicLong();
    private volatile long worstGapNanos;

    private WriteLoad(String prefix, Supplier<List<TestMember>> where) {
        this.prefix = prefix;
        this.where = where;
        this.thread = new Thread(this::write, "load-" + prefix);
        this.thread.setDaemon(true);
    }

    /** Begins to write; asks before each write at which members that may be done. */
    static WriteLoad start(String prefix, Supplier<List<TestMember>> where) {
        WriteLoad load = new WriteLoad(prefix, where);
        load.thread.start();
        return load;
    }

    private void write() {
        long answered = System.nanoTime();
        for (int i = 0; !over; i++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            List<TestMember> members = where.get();
            if (!members.isEmpty() && put(members.get(i % members.size()), prefix + "-" + i)) {
                long now = System.nanoTime();
                worstGapNanos = Math.max(worstGapNanos, now - answered);
                answered = now;
            }
        }
    }

    private static @Nullable MetaStore store(TestMember member) {
        try {
            return member.store();
        } catch (IllegalStateException e) {
            return null; // Stopped meanwhile.
        }
    }

    private boolean put(TestMember member, String key) {
        MetaStore store = store(member);
        if (store == null) {
            return false;
        }
        try {
            store.withTimeout(CALL).table(NOTES).put(key, key);
            acknowledged.add(key);
            written.incrementAndGet();
            return true;
        } catch (MetastoreException e) {
            if (store(member) == store) {
                failed.add(e);
            }
            return false;
        }
    }

    /** How many were acknowledged so far. */
    long written() {
        return written.get();
    }

    Duration worstGap() {
        return Duration.ofNanos(worstGapNanos);
    }

    /** Ends it, and returns what failed although the member was open. */
    List<MetastoreException> stop() {
        over = true;
        try {
            thread.join(CALL.plusSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        assertThat(thread.isAlive()).as("a write does not end").isFalse();
        return List.copyOf(failed);
    }

    /** Whatever was acknowledged is there; call after {@link #stop}. */
    void assertKept(TestMember member) {
        Table<String, String> table = member.table(NOTES).reading(ReadMode.local());
        for (String key : acknowledged) {
            assertThat(table.get(key))
                    .as("acknowledged write %s at %s", key, member.name())
                    .contains(key);
        }
    }

    @Override
    public void close() {
        over = true;
    }
}
