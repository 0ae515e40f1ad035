package io.metastore.recovery.branch;

import io.metastore.raft.RawRecords;
import io.metastore.recovery.inspect.InspectedCheck;
import io.metastore.recovery.inspect.InspectedOp;
import io.metastore.recovery.inspect.InspectedTable;
import io.metastore.recovery.inspect.InspectedValue;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of a branch as changes of the store that went on: its tables have numbers of their own. For one thread. */
final class LiveOps {

    /** What cannot be applied there. */
    static final class ObstacleException extends Exception {
        private static final long serialVersionUID = 1;

        ObstacleException(String message) {
            super(message);
        }
    }

    private final RawRecords records;

    LiveOps(RawRecords records) {
        this.records = records;
    }

    JournalOp op(InspectedOp op) throws ObstacleException {
        if (op instanceof InspectedOp.Put put) {
            TableRecord table = table(put.table());
            if (put.valueVersion() > table.version()) {
                throw new ObstacleException("version " + put.valueVersion() + " of the definition of table "
                        + table.name() + " wrote it, here it has version " + table.version()
                        + "; open the table with the newer definition first");
            }
            return new JournalOp.Put(
                    table.id(),
                    put.key().bytes(),
                    put.valueVersion(),
                    put.value().bytes());
        } else if (op instanceof InspectedOp.Remove remove) {
            return new JournalOp.Remove(table(remove.table()).id(), remove.key().bytes());
        } else if (op instanceof InspectedOp.RemoveRange remove) {
            return new JournalOp.RemoveRange(
                    table(remove.table()).id(),
                    remove.from().bytes(),
                    bytes(remove.to()),
                    remove.limit(),
                    remove.reversed(),
                    remove.max());
        } else if (op instanceof InspectedOp.NextIds ids) {
            return new JournalOp.NextIds(ids.sequence(), ids.count());
        } else if (op instanceof InspectedOp.RegisterTable register) {
            return new JournalOp.RegisterTable(definition(register.table()));
        }
        throw new AssertionError(op);
    }

    /** That a range is as the transaction read it. */
    JournalCheck range(InspectedCheck.RangeUnchanged check) throws ObstacleException {
        return new JournalCheck.RangeUnchanged(
                table(check.table()).id(), check.from().bytes(), bytes(check.to()), check.digest());
    }

    /** Registers it when it is not there at all. */
    TableRecord table(InspectedTable table) throws ObstacleException {
        if (table.name().isEmpty()) {
            throw new ObstacleException("of its table only the number is known: " + table);
        }
        TableRecord there = records.table(table.name());
        if (there == null) {
            if (table.keyCodec().isEmpty()) {
                throw new ObstacleException("the codecs of table " + table + " are not known");
            }
            there = register(definition(table));
        }
        if (!there.keyCodec().equals(table.keyCodec())) {
            throw new ObstacleException("table " + table + " has keys of codec " + there.keyCodec()
                    + " here, in the branch of " + table.keyCodec());
        }
        return there;
    }

    TableRecord register(TableRecord definition) throws ObstacleException {
        TransactionResult result = records.write(List.of(), List.of(new JournalOp.RegisterTable(definition)));
        TableRecord there = records.table(definition.name());
        if (there == null) {
            throw new ObstacleException("table " + definition.name() + " cannot be registered: " + result);
        }
        return there;
    }

    private static TableRecord definition(InspectedTable table) {
        return new TableRecord(0, table.name(), table.keyCodec(), table.valueCodec(), table.version());
    }

    private static byte @Nullable [] bytes(@Nullable InspectedValue value) {
        return value == null ? null : value.bytes();
    }
}
