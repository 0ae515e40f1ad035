package application;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.nio.file.Path;

/** Writes, closes, opens again and finds it all. */
public final class Main {

    record Database(long id, String owner) {}

    static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));

    public static void main(String[] args) {
        Path directory = Path.of(args[0]);
        try (MetaStore store = MetaStore.open(directory)) {
            Table<String, Database> databases = store.table(DATABASES);
            databases.put("sales", new Database(store.ids("database").next(), "ann"));
            databases.put("staff", new Database(store.ids("database").next(), "bob"));
        }
        try (MetaStore store = MetaStore.open(directory)) {
            store.table(DATABASES).scan(Range.prefix("s")).forEach(e -> System.out.println(e.key() + " " + e.value()));
        }
    }
}
