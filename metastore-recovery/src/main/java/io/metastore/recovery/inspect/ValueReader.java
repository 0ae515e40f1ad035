package io.metastore.recovery.inspect;

import io.metastore.api.CommandType;
import io.metastore.api.TableDef;
import io.metastore.snapshot.state.StoredRecord;
import java.util.List;

/**
 * Bytes of keys, values and arguments, decoded as {@link JournalInspector} decodes them: by the application's definition when there is one, else by the codec that
 * the table was registered with, else as text, else not. For one thread.
 */
public final class ValueReader {

    private final ValueDecoder decoder;

    /** One that knows these tables and commands of the application. */
    public ValueReader(List<TableDef<?, ?>> tables, List<CommandType<?, ?>> commands) {
        this.decoder = new ValueDecoder(Definitions.NONE.with(tables).withCommands(commands));
    }

    public InspectedValue key(InspectedTable table, byte[] bytes) {
        return decoder.key(table, bytes);
    }

    /** Where a range begins or ends, which need not be a key. */
    public InspectedValue bound(InspectedTable table, byte[] bytes) {
        return decoder.bound(table, bytes);
    }

    /** A value that this version of the table's definition wrote; the codec of older versions than the registered one is not known. */
    public InspectedValue value(InspectedTable table, int version, byte[] bytes) {
        return decoder.value(table, version == table.version() ? table.valueCodec() : "", version, bytes);
    }

    public InspectedValue argument(String command, int version, byte[] bytes) {
        return decoder.argument(command, version, bytes);
    }

    public InspectedRecord record(InspectedTable table, StoredRecord record) {
        return new InspectedRecord(
                table,
                key(table, record.key()),
                value(table, record.valueVersion(), record.value()),
                record.valueVersion(),
                record.version(),
                record.createRevision(),
                record.modRevision());
    }
}
