package io.metastore.snapshot.journal;

import com.google.protobuf.CodedInputStream;
import io.metastore.snapshot.internal.wire.Wire;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.JournalTransaction.CommandCall;
import io.metastore.snapshot.journal.JournalTransaction.Resolve;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes to transactions; rejects what it does not know. */
final class TransactionReader {

    private TransactionReader() {}

    static JournalTransaction read(CodedInputStream in) throws IOException {
        JournalTransaction read = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int outer = Wire.enter(in);
            read = switch (tag) {
                case 1 << 3 | Wire.LENGTH -> changes(in);
                case 2 << 3 | Wire.LENGTH -> command(in);
                case 3 << 3 | Wire.LENGTH -> resolve(in);
                default -> throw Wire.unknownField("Transaction", tag);
            };
            Wire.leave(in, outer);
        }
        return Wire.present(read, "Transaction", "kind");
    }

    private static Changes changes(CodedInputStream in) throws IOException {
        long readRevision = 0;
        List<JournalCheck> checks = null;
        List<JournalOp> then = null;
        List<JournalOp> otherwise = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> readRevision = in.readSInt64();
                case 2 << 3 | Wire.LENGTH -> {
                    checks = checks == null ? new ArrayList<>(4) : checks;
                    int outer = Wire.enter(in);
                    checks.add(CheckCodec.read(in));
                    Wire.leave(in, outer);
                }
                case 3 << 3 | Wire.LENGTH -> then = op(in, then);
                case 4 << 3 | Wire.LENGTH -> otherwise = op(in, otherwise);
                default -> throw Wire.unknownField("Changes", tag);
            }
        }
        return new Changes(
                readRevision,
                checks == null ? List.of() : checks,
                then == null ? List.of() : then,
                otherwise == null ? List.of() : otherwise);
    }

    private static List<JournalOp> op(CodedInputStream in, @Nullable List<JournalOp> ops) throws IOException {
        List<JournalOp> into = ops == null ? new ArrayList<>(4) : ops;
        int outer = Wire.enter(in);
        into.add(OpCodec.read(in));
        Wire.leave(in, outer);
        return into;
    }

    private static CommandCall command(CodedInputStream in) throws IOException {
        String name = "";
        int version = 0;
        byte[] argument = Wire.NO_BYTES;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.LENGTH -> name = in.readStringRequireUtf8();
                case 2 << 3 | Wire.VARINT -> version = in.readInt32();
                case 3 << 3 | Wire.LENGTH -> argument = in.readByteArray();
                default -> throw Wire.unknownField("CommandCall", tag);
            }
        }
        return new CommandCall(name, version, argument);
    }

    private static Resolve resolve(CodedInputStream in) throws IOException {
        long sequence = 0;
        int transaction = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> sequence = in.readSInt64();
                case 2 << 3 | Wire.VARINT -> transaction = in.readInt32();
                default -> throw Wire.unknownField("Resolve", tag);
            }
        }
        return new Resolve(sequence, transaction);
    }
}
