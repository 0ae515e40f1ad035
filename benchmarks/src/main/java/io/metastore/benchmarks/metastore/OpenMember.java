package io.metastore.benchmarks.metastore;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.TransactionTable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the workloads do with one open member; calls wait 30 s. */
record OpenMember(MetaStore store, Table<String, byte[]> strong, Table<String, byte[]> local) {

    private static final TableDef<String, byte[]> RECORDS = TableDef.of("records", Codecs.utf8(), Codecs.bytes());
    private static final Duration CALL_MAX = Duration.ofSeconds(30);

    /** Registers the table, which needs a leader the first time. */
    static OpenMember of(MetaStore opened) {
        MetaStore store = opened.withTimeout(CALL_MAX);
        Table<String, byte[]> table = store.table(RECORDS);
        return new OpenMember(store, table, table.reading(ReadMode.local()));
    }

    void put(String key, byte[] value) {
        strong.put(key, value);
    }

    byte @Nullable [] readStrong(String key) {
        return strong.get(key).orElse(null);
    }

    byte @Nullable [] readLocal(String key) {
        return local.get(key).orElse(null);
    }

    void transact(List<String> reads, List<String> writes, byte[] value) {
        store.update(transaction -> {
            TransactionTable<String, byte[]> table = transaction.in(RECORDS);
            for (String key : reads) {
                if (table.get(key).isEmpty()) {
                    throw transaction.abort("no such record: key=" + key);
                }
            }
            writes.forEach(key -> table.put(key, value));
        });
    }
}
