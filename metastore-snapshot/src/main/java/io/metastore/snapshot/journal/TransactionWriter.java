package io.metastore.snapshot.journal;

import static io.metastore.snapshot.internal.wire.Wire.bytesSize;
import static io.metastore.snapshot.internal.wire.Wire.int32Size;
import static io.metastore.snapshot.internal.wire.Wire.messageSize;
import static io.metastore.snapshot.internal.wire.Wire.sint64Size;
import static io.metastore.snapshot.internal.wire.Wire.stringSize;

import com.google.protobuf.CodedOutputStream;
import io.metastore.snapshot.internal.wire.Wire;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.JournalTransaction.CommandCall;
import io.metastore.snapshot.journal.JournalTransaction.Resolve;
import java.io.IOException;

/**
 * Transactions to bytes: {@code Transaction} of journal.proto. Each message has a size and a write method that list the same fields in the same
 * order; sizes are computed again where they are needed, which for arrays is cheaper than keeping them.
 */
final class TransactionWriter {

    private TransactionWriter() {}

    /** Bytes of the message's body. */
    static int size(JournalTransaction transaction) {
        if (transaction instanceof Changes changes) {
            return messageSize(size(changes));
        } else if (transaction instanceof CommandCall command) {
            return messageSize(size(command));
        } else if (transaction instanceof Resolve resolve) {
            return messageSize(size(resolve));
        }
        throw new AssertionError(transaction);
    }

    static void write(CodedOutputStream out, JournalTransaction transaction) throws IOException {
        if (transaction instanceof Changes changes) {
            Wire.message(out, 1, size(changes));
            Wire.sint64(out, 1, changes.readRevision());
            for (JournalCheck check : changes.checks()) {
                Wire.message(out, 2, CheckCodec.size(check));
                CheckCodec.write(out, check);
            }
            for (JournalOp op : changes.then()) {
                Wire.message(out, 3, OpCodec.size(op));
                OpCodec.write(out, op);
            }
            for (JournalOp op : changes.otherwise()) {
                Wire.message(out, 4, OpCodec.size(op));
                OpCodec.write(out, op);
            }
        } else if (transaction instanceof CommandCall command) {
            Wire.message(out, 2, size(command));
            Wire.string(out, 1, command.name());
            Wire.int32(out, 2, command.version());
            Wire.bytes(out, 3, command.argument());
        } else if (transaction instanceof Resolve resolve) {
            Wire.message(out, 3, size(resolve));
            Wire.sint64(out, 1, resolve.sequence());
            Wire.int32(out, 2, resolve.transaction());
        } else {
            throw new AssertionError(transaction);
        }
    }

    private static int size(Changes changes) {
        int size = sint64Size(changes.readRevision());
        for (JournalCheck check : changes.checks()) {
            size += messageSize(CheckCodec.size(check));
        }
        for (JournalOp op : changes.then()) {
            size += messageSize(OpCodec.size(op));
        }
        for (JournalOp op : changes.otherwise()) {
            size += messageSize(OpCodec.size(op));
        }
        return size;
    }

    private static int size(CommandCall command) {
        return stringSize(command.name()) + int32Size(command.version()) + bytesSize(command.argument());
    }

    private static int size(Resolve resolve) {
        return sint64Size(resolve.sequence()) + int32Size(resolve.transaction());
    }
}
