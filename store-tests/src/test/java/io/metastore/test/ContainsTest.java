package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.metastore.api.Codecs;
import io.metastore.api.ReadMode;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Asking for a key without its value. */
class ContainsTest extends OneMember {

    private static final TableDef<String, byte[]> BLOBS = TableDef.of("blobs", Codecs.utf8(), Codecs.bytes());
    private static final int VALUE_BYTES = 1 << 20;
    private static final int CALLS = 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void askingForAKeyDoesNotBringItsValueIntoTheHeap() {
        Table<String, byte[]> blobs = store.table(BLOBS);
        blobs.put("large", new byte[VALUE_BYTES]);
        blobs.put("small", new byte[1]);
        copiesNothing("table", () -> blobs.contains("large"));
        copiesNothing(
                "snapshot",
                () -> store.read(
                        ReadMode.local(), snapshot -> snapshot.in(BLOBS).contains("large")));
        copiesNothing("transaction", () -> store.compute(tx -> tx.in(BLOBS).contains("large"))
                .value());
        assertThat(blobs.contains("small")).isTrue();
        blobs.get("small");
        assertThat(blobs.contains("small")).as("from the cache").isTrue();
        assertThat(blobs.contains("absent")).isFalse();
        blobs.remove("small");
        assertThat(blobs.contains("small")).isFalse();
    }

    private void copiesNothing(String where, BooleanSupplier contains) {
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < CALLS; i++) {
            assertThat(contains.getAsBoolean()).isTrue();
        }
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(bytes).as(where).isLessThan((long) CALLS * VALUE_BYTES / 4);
    }
}
