package io.metastore.test;

import io.metastore.api.Codecs;
import io.metastore.api.TableDef;

/** Tables that tests share. */
final class Catalog {

    record Database(long id, String name, String owner) {}

    static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));

    static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    static final TableDef<String, Long> COUNTERS = TableDef.of("counters", Codecs.utf8(), Codecs.int64());

    private Catalog() {}

    static Database database(String name) {
        return new Database(name.hashCode(), name, "ann");
    }
}
