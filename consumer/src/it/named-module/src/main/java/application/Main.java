package application;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import java.nio.file.Path;

public final class Main {

    record Database(long id, String owner) {}

    static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));

    private Main() {}

    public static void main(String[] args) {
        try (MetaStore store = MetaStore.open(Path.of(args[0]))) {
            store.table(DATABASES).put("sales", new Database(1, "ann"));
            System.out.println(store.table(DATABASES).get("sales").orElseThrow());
        }
        for (Class<?> type : new Class<?>[] {Main.class, MetaStore.class}) {
            System.out.println(type.getSimpleName() + " is in " + type.getModule());
        }
    }
}
