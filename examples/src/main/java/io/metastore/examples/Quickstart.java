package io.metastore.examples;

import io.metastore.api.Codecs;
import io.metastore.api.Committed;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.nio.file.Path;

/** The smallest useful program: one durable member, one table, one transaction. The directory is the first argument, or {@code data/meta}. */
public final class Quickstart {

    record Database(long id, String name, String owner) {}

    static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));

    private Quickstart() {}

    public static void main(String[] args) {
        Path directory = Path.of(args.length > 0 ? args[0] : "data/meta");
        try (MetaStore store = MetaStore.open(directory)) { // One member, durable, no port.
            Table<String, Database> databases = store.table(DATABASES);
            databases.put("sales", new Database(store.ids("database").next(), "sales", "ann"));
            databases.put("staff", new Database(store.ids("database").next(), "staff", "bob"));

            Committed<Long> renamed = store.compute(tx -> {
                // May run more than once: no side effects inside.
                Database old = tx.in(DATABASES).get("sales").orElseThrow(() -> tx.abort("no such database"));
                tx.in(DATABASES).remove("sales");
                tx.in(DATABASES).put("sales_v2", new Database(old.id(), "sales_v2", old.owner()));
                return old.id();
            });
            System.out.println("renamed database " + renamed.value() + " at revision " + renamed.revision());

            databases.scan(Range.prefix("s")).forEach(e -> System.out.println(e.key() + " " + e.value()));
        }
    }
}
