package io.metastore.recovery.branch;

import io.metastore.recovery.inspect.InspectedCheck;
import io.metastore.recovery.inspect.InspectedOp;
import io.metastore.recovery.inspect.InspectedTable;
import io.metastore.recovery.inspect.InspectedValue;
import io.metastore.recovery.inspect.ValueReader;
import io.metastore.recovery.internal.json.JsonRecord;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes and conditions as JSON: bytes in hexadecimal, which count, and texts for people beside them, which do not. For one thread. */
final class OpJson {

    private final ValueReader values;

    OpJson(ValueReader values) {
        this.values = values;
    }

    static JsonRecord write(InspectedOp op) {
        if (op instanceof InspectedOp.Put put) {
            return new JsonRecord()
                    .with("op", "put")
                    .with("table", write(put.table()))
                    .with("key", write(put.key()))
                    .with("valueVersion", put.valueVersion())
                    .with("value", write(put.value()));
        } else if (op instanceof InspectedOp.Remove remove) {
            return new JsonRecord()
                    .with("op", "remove")
                    .with("table", write(remove.table()))
                    .with("key", write(remove.key()));
        } else if (op instanceof InspectedOp.RemoveRange remove) {
            JsonRecord json = new JsonRecord()
                    .with("op", "removeRange")
                    .with("table", write(remove.table()))
                    .with("from", write(remove.from()));
            return end(json, remove.to())
                    .with("limit", remove.limit())
                    .with("reversed", remove.reversed())
                    .with("max", remove.max());
        } else if (op instanceof InspectedOp.NextIds ids) {
            return new JsonRecord()
                    .with("op", "ids")
                    .with("sequence", ids.sequence())
                    .with("count", ids.count());
        } else if (op instanceof InspectedOp.BeginEpoch begin) {
            return new JsonRecord().with("op", "beginEpoch").with("epoch", begin.epoch());
        } else if (op instanceof InspectedOp.RegisterTable register) {
            return new JsonRecord().with("op", "register").with("table", write(register.table()));
        }
        throw new AssertionError(op);
    }

    InspectedOp op(JsonRecord in) {
        String kind = in.text("op");
        return switch (kind) {
            case "put" -> {
                InspectedTable table = in.record("table", OpJson::table);
                byte[] key = in.record("key", OpJson::bytes);
                int version = number(in, "valueVersion");
                byte[] value = in.record("value", OpJson::bytes);
                yield new InspectedOp.Put(table, values.key(table, key), version, values.value(table, version, value));
            }
            case "remove" -> {
                InspectedTable table = in.record("table", OpJson::table);
                yield new InspectedOp.Remove(table, key(in, table));
            }
            case "removeRange" -> {
                InspectedTable table = in.record("table", OpJson::table);
                yield new InspectedOp.RemoveRange(
                        table,
                        values.bound(table, in.record("from", OpJson::bytes)),
                        end(in, table),
                        number(in, "limit"),
                        in.truth("reversed"),
                        number(in, "max"));
            }
            case "ids" -> new InspectedOp.NextIds(in.text("sequence"), number(in, "count"));
            case "beginEpoch" -> new InspectedOp.BeginEpoch(in.number("epoch"));
            case "register" -> new InspectedOp.RegisterTable(in.record("table", OpJson::table));
            default -> throw new IllegalArgumentException("expected: a change found: " + kind);
        };
    }

    static JsonRecord write(InspectedCheck check) {
        if (check instanceof InspectedCheck.KeyUnchanged c) {
            return keyed("keyUnchanged", c.table(), c.key()).with("revision", c.modRevision());
        } else if (check instanceof InspectedCheck.RangeUnchanged c) {
            JsonRecord json = new JsonRecord()
                    .with("check", "rangeUnchanged")
                    .with("table", write(c.table()))
                    .with("from", write(c.from()));
            return end(json, c.to()).with("digest", c.digest());
        } else if (check instanceof InspectedCheck.Exists c) {
            return keyed("exists", c.table(), c.key());
        } else if (check instanceof InspectedCheck.Absent c) {
            return keyed("absent", c.table(), c.key());
        } else if (check instanceof InspectedCheck.HasVersion c) {
            return keyed("hasVersion", c.table(), c.key()).with("version", c.version());
        }
        throw new AssertionError(check);
    }

    private static JsonRecord keyed(String kind, InspectedTable table, InspectedValue key) {
        return new JsonRecord().with("check", kind).with("table", write(table)).with("key", write(key));
    }

    InspectedCheck check(JsonRecord in) {
        String kind = in.text("check");
        InspectedTable table = in.record("table", OpJson::table);
        return switch (kind) {
            case "keyUnchanged" -> new InspectedCheck.KeyUnchanged(table, key(in, table), in.number("revision"));
            case "rangeUnchanged" ->
                new InspectedCheck.RangeUnchanged(
                        table,
                        values.bound(table, in.record("from", OpJson::bytes)),
                        end(in, table),
                        in.number("digest"));
            case "exists" -> new InspectedCheck.Exists(table, key(in, table));
            case "absent" -> new InspectedCheck.Absent(table, key(in, table));
            case "hasVersion" -> new InspectedCheck.HasVersion(table, key(in, table), in.number("version"));
            default -> throw new IllegalArgumentException("expected: a condition found: " + kind);
        };
    }

    private InspectedValue key(JsonRecord in, InspectedTable table) {
        return values.key(table, in.record("key", OpJson::bytes));
    }

    /** Without one there is no end. */
    private static JsonRecord end(JsonRecord json, @Nullable InspectedValue to) {
        return to == null ? json : json.with("to", HexFormat.of().formatHex(to.bytes()));
    }

    private @Nullable InspectedValue end(JsonRecord in, InspectedTable table) {
        Optional<byte[]> to = in.optional("to", HexFormat.of()::parseHex);
        return to.map(bytes -> values.bound(table, bytes)).orElse(null);
    }

    static JsonRecord write(InspectedTable table) {
        return new JsonRecord()
                .with("id", table.id())
                .with("name", table.name())
                .with("keyCodec", table.keyCodec())
                .with("valueCodec", table.valueCodec())
                .with("version", table.version());
    }

    private static InspectedTable table(JsonRecord in) {
        return new InspectedTable(
                number(in, "id"), in.text("name"), in.text("keyCodec"), in.text("valueCodec"), number(in, "version"));
    }

    static JsonRecord write(InspectedValue value) {
        return new JsonRecord()
                .with("bytes", HexFormat.of().formatHex(value.bytes()))
                .with("text", value.toString());
    }

    static byte[] bytes(JsonRecord in) {
        in.text("text");
        return in.parsed("bytes", HexFormat.of()::parseHex);
    }

    private static int number(JsonRecord in, String key) {
        return Math.toIntExact(in.number(key));
    }
}
