package io.metastore.snapshot.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecordCacheTest {

    private static final byte[] KEY = {1, 2, 3};

    private final RecordCache cache = new RecordCache(16);
    private final AtomicInteger loads = new AtomicInteger();

    private StoredRecord load(int table, byte[] key) {
        loads.incrementAndGet();
        return record(key, loads.get());
    }

    private static StoredRecord record(byte[] key, long version) {
        return new StoredRecord(key, new byte[] {7}, 1, version, 1, version);
    }

    @Test
    void loadsARecordOnceUntilItIsForgotten() {
        assertThat(cache.get(1, KEY, this::load)).isSameAs(cache.get(1, KEY, this::load));
        assertThat(loads).hasValue(1);
        cache.forget(KEY, 1);
        cache.get(1, KEY, this::load);
        assertThat(loads).hasValue(2);
    }

    @Test
    void tellsTablesApart() {
        cache.get(1, KEY, this::load);
        cache.get(2, KEY, this::load);
        assertThat(loads).hasValue(2);
    }

    @Test
    void doesNotKeepWhatIsAbsentOrLarge() {
        cache.get(1, KEY, (table, key) -> null);
        cache.get(1, KEY, (table, key) -> new StoredRecord(key, new byte[513], 1, 1, 1, 1));
        assertThat(cache.get(1, KEY, this::load))
                .extracting(StoredRecord::version)
                .isEqualTo(1L);
        assertThat(loads).hasValue(1);
    }

    @Test
    void aReaderThatLoadedTheOldVersionWhileItWasReplacedDoesNotPutItBack() {
        cache.get(1, KEY, (table, key) -> {
            cache.forget(KEY, 1); // The apply thread replaces the record while this reader holds the old one.
            return record(key, 1);
        });
        assertThat(cache.get(1, KEY, (table, key) -> record(key, 2)))
                .extracting(StoredRecord::version)
                .isEqualTo(2L);
    }

    /** The one thing that must hold: what was published before a read began is seen by it. */
    @Test
    void readersNeverSeeLessThanWhatWasPublishedBeforeTheyBegan() throws Exception {
        AtomicLong stored = new AtomicLong();
        AtomicLong published = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger stale = new AtomicInteger();
        AtomicInteger reads = new AtomicInteger();
        Runnable reader = () -> {
            while (!over.get()) {
                long before = published.get();
                StoredRecord record = cache.get(1, KEY, (table, key) -> record(key, stored.get()));
                stale.addAndGet(record == null || record.version() < before ? 1 : 0);
                reads.incrementAndGet();
            }
        };
        Thread first = new Thread(reader);
        Thread second = new Thread(reader);
        first.start();
        second.start();
        for (long version = 1; version <= 300_000; version++) {
            stored.set(version);
            cache.forget(KEY, 1);
            published.set(version);
        }
        over.set(true);
        first.join();
        second.join();
        assertThat(reads).as("reads took place meanwhile").hasPositiveValue();
        assertThat(stale).hasValue(0);
    }
}
