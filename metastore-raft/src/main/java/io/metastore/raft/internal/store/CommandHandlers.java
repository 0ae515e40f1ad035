package io.metastore.raft.internal.store;

import io.metastore.api.CommandContext;
import io.metastore.api.CommandType;
import io.metastore.api.ConfigurationException;
import io.metastore.api.Limits;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.api.TransactionTable;
import io.metastore.raft.internal.node.Lane;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.CommandRuntime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The commands this build knows, run where the journal is applied. */
public final class CommandHandlers implements CommandRuntime {

    private record Id(String name, int version) {}

    /** Not the member's own limits: what a handler may do must be the same on every member. */
    private static final Limits LIMITS = Limits.defaults().toBuilder()
            .keyBytesMax(65_536)
            .valueBytesMax(2 << 20)
            .scanEntriesMax(1_000_000)
            .removeRangeEntriesMax(1_000_000)
            .build();

    private final Map<Id, CommandType<?, ?>> types = new HashMap<>();

    public CommandHandlers(List<CommandType<?, ?>> types) {
        for (CommandType<?, ?> type : types) {
            if (this.types.put(new Id(type.name(), type.version()), type) != null) {
                throw new ConfigurationException("command given twice: name=" + type.name() + " version="
                        + type.version() + "; give each version once");
            }
        }
    }

    @Override
    public boolean knows(String name, int version) {
        return types.containsKey(new Id(name, version));
    }

    @Override
    public byte[] run(String name, int version, byte[] argument, Access access) {
        CommandType<?, ?> type = types.get(new Id(name, version));
        if (type == null) {
            throw new IllegalStateException("unknown command: name=" + name + " version=" + version);
        }
        return Lane.run("command handler " + name, () -> run(type, argument, access));
    }

    private <C, R> byte[] run(CommandType<C, R> type, byte[] argument, Access access) {
        Context context = new Context(access);
        try {
            R result = type.handler().apply(context, type.argumentCodec().decode(argument));
            return type.resultCodec().encode(result);
        } finally {
            context.over = true;
        }
    }

    private static final class Context implements CommandContext {

        private final Access access;
        private boolean over;

        Context(Access access) {
            this.access = access;
        }

        @Override
        public <K, V> TransactionTable<K, V> in(TableDef<K, V> table) {
            check();
            int id = access.table(definition(table));
            return new TypedTable<>(access, id, table, LIMITS, Revision.NONE);
        }

        @Override
        public Instant time() {
            check();
            return Instant.ofEpochMilli(access.leaderTimeMillis());
        }

        @Override
        public long nextId(String sequence) {
            check();
            return access.nextIds(sequence, 1);
        }

        private void check() {
            if (over) {
                throw new IllegalStateException("a command's context was used after its handler had returned");
            }
        }
    }

    /** The definition as the registry knows it, before it has a number. */
    static TableRecord definition(TableDef<?, ?> table) {
        return new TableRecord(
                0, table.name(), table.keyCodec().id(), table.valueCodec().id(), table.version());
    }
}
