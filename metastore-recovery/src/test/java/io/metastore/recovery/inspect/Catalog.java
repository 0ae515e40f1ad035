package io.metastore.recovery.inspect;

import io.metastore.api.Batch;
import io.metastore.api.CasResult;
import io.metastore.api.Check;
import io.metastore.api.Codec;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.MetaStore;
import io.metastore.api.Op;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An application with tables and commands of all kinds, and what it writes. */
final class Catalog {

    enum Kind {
        INTERNAL,
        EXTERNAL
    }

    record Owner(String name, int rank) {}

    @SuppressWarnings("ArrayRecordComponent")
    record Database(
            long id,
            String name,
            Kind kind,
            Optional<Owner> owner,
            List<String> tags,
            Map<String, Integer> limits,
            Instant created,
            byte[] secret) {}

    record PartKey(String database, long id) {}

    record Rename(String from, String to) {}

    /** Has nothing to say of itself. */
    static final class Opaque {
        final byte value;

        Opaque(byte value) {
            this.value = value;
        }
    }

    static final Codec<Opaque> OPAQUE_CODEC = new Codec<>() {
        @Override
        public String id() {
            return "opaque/1";
        }

        @Override
        public byte[] encode(Opaque value) {
            return new byte[] {(byte) 0xfe, value.value};
        }

        @Override
        public Opaque decode(byte[] bytes) {
            return new Opaque(bytes[1]);
        }
    };

    static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));
    static final TableDef<Long, String> NAMES = TableDef.of("names", Codecs.int64(), Codecs.utf8());
    static final TableDef<PartKey, byte[]> PARTS =
            TableDef.of("parts", Codecs.tuple(PartKey.class, Codecs.utf8(), Codecs.int64()), Codecs.bytes());
    static final TableDef<UUID, Opaque> OPAQUES = TableDef.of("opaques", Codecs.uuid(), OPAQUE_CODEC);

    static final CommandType<Rename, String> RENAME =
            CommandType.of("rename", Codecs.record(Rename.class), Codecs.utf8(), (context, rename) -> {
                Database database = context.in(DATABASES).get(rename.from()).orElseThrow();
                context.in(DATABASES).remove(rename.from());
                context.in(DATABASES).put(rename.to(), database);
                return rename.to();
            });

    static final Database SALES = new Database(
            7,
            "sales",
            Kind.EXTERNAL,
            Optional.of(new Owner("ann", 3)),
            List.of("hot", "new"),
            Map.of("tables", 40),
            Instant.parse("2026-01-02T03:04:05Z"),
            new byte[] {1, (byte) 0xff});

    static final String SALES_TEXT = "{id=7, name=\"sales\", kind=%s, owner={name=\"ann\", rank=3},"
            + " tags=[\"hot\", \"new\"], limits={tables=40}, created=2026-01-02T03:04:05Z, secret=0x01ff}";

    static final UUID OPAQUE_KEY = UUID.fromString("00000000-0000-0001-8000-000000000002");

    private Catalog() {}

    static TableDef<?, ?>[] tables() {
        return new TableDef<?, ?>[] {DATABASES, NAMES, PARTS, OPAQUES};
    }

    /** One operation of each kind, one after the other; each an entry of its own. */
    static void write(MetaStore store) {
        Table<Long, String> names = store.table(NAMES);
        store.table(DATABASES).put("sales", SALES);
        names.putIfAbsent(7L, "seven");
        CasResult replaced = names.replace(7L, 1, "SEVEN");
        if (!replaced.applied()) {
            throw new IllegalStateException("not replaced: " + replaced);
        }
        names.replace(7L, 99, "never");
        names.remove(7L);
        names.put(-1L, "minus one");
        names.removeRange(Range.between(-5L, 5L));
        store.table(PARTS).put(new PartKey("sales", 3), new byte[] {0, 1, 2});
        store.apply(Batch.when(Check.exists(DATABASES, "sales"))
                .then(Op.put(NAMES, 10L, "then"), Op.remove(NAMES, 11L))
                .otherwise(Op.put(NAMES, 12L, "otherwise")));
        store.update(tx -> {
            tx.in(NAMES).scan(Range.all());
            String found = tx.in(NAMES).get(10L).orElseThrow();
            tx.in(NAMES).put(13L, found + " closure");
        });
        store.ids("db").nextBlock(10);
        store.table(OPAQUES).put(OPAQUE_KEY, new Opaque((byte) 5));
        store.execute(RENAME, new Rename("sales", "sales_v2"));
    }
}
