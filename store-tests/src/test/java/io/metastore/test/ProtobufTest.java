package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.raft.MemberProbe;
import org.junit.jupiter.api.Test;

/** Messages of the protobuf compiler as values, arguments and results, written to disk and read again by another opening. */
class ProtobufTest extends OneMember {

    private static final TableDef<String, StringValue> NAMES =
            TableDef.of("names", Codecs.utf8(), Codecs.protobuf(StringValue.class));

    private static final TableDef<String, Struct> DOCUMENTS =
            TableDef.of("documents", Codecs.utf8(), Codecs.protobuf(Struct.class));

    private static final CommandType<StringValue, StringValue> GREET = CommandType.of(
            "greet", Codecs.protobuf(StringValue.class), Codecs.protobuf(StringValue.class), (context, name) -> {
                context.in(NAMES).put(name.getValue(), name);
                return StringValue.of("hello " + name.getValue());
            });

    @Override
    MetaStore.Builder configure(MetaStore.Builder builder) {
        return builder.commands(GREET);
    }

    /** One field only: the order of several in a map is not fixed. */
    private static Struct document(String text) {
        Value list = Value.newBuilder()
                .setListValue(ListValue.newBuilder()
                        .addValues(Value.newBuilder().setStringValue(text))
                        .addValues(Value.newBuilder().setNumberValue(0.5))
                        .addValues(Value.newBuilder().setBoolValue(true)))
                .build();
        return Struct.newBuilder().putFields("list", list).build();
    }

    @Test
    void messagesAreTheSameAfterReopening() {
        store.table(NAMES).put("empty", StringValue.getDefaultInstance());
        store.table(NAMES).put("name", StringValue.of("ann \uD83D\uDE00"));
        store.table(DOCUMENTS).put("d", document("x".repeat(10_000)));
        assertThat(store.execute(GREET, StringValue.of("bob"))).isEqualTo(StringValue.of("hello bob"));
        for (int round = 1; round <= 2; round++) {
            Table<String, StringValue> names = store.table(NAMES);
            assertThat(names.get("empty")).contains(StringValue.getDefaultInstance());
            assertThat(names.scan(Range.all()).entries())
                    .extracting(Entry::value)
                    .containsExactly(
                            StringValue.of("bob"),
                            StringValue.getDefaultInstance(),
                            StringValue.of("ann \uD83D\uDE00"));
            assertThat(store.table(DOCUMENTS).get("d")).contains(document("x".repeat(10_000)));
            assertThat(MemberProbe.recomputeFingerprint(store))
                    .isEqualTo(MemberProbe.of(store).fingerprint());
            reopen();
        }
        assertThat(names("name")).isEqualTo("ann \uD83D\uDE00");
    }

    private String names(String key) {
        return store.table(NAMES).get(key).orElseThrow().getValue();
    }
}
