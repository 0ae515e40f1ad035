package io.metastore.snapshot.journal;

import static io.metastore.snapshot.internal.wire.Wire.bytesSize;
import static io.metastore.snapshot.internal.wire.Wire.int32Size;
import static io.metastore.snapshot.internal.wire.Wire.messageSize;
import static io.metastore.snapshot.internal.wire.Wire.sint64Size;
import static io.metastore.snapshot.internal.wire.Wire.stringSize;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.internal.wire.Wire;
import io.metastore.snapshot.journal.TransactionResult.Answer;
import io.metastore.snapshot.journal.TransactionResult.Applied;
import io.metastore.snapshot.journal.TransactionResult.Code;
import io.metastore.snapshot.journal.TransactionResult.CommandDone;
import io.metastore.snapshot.journal.TransactionResult.Conflict;
import io.metastore.snapshot.journal.TransactionResult.Failed;
import io.metastore.snapshot.journal.TransactionResult.Resolved;
import java.io.IOException;
import java.util.Arrays;

/** Transaction results to bytes and back: {@code Result} of journal.proto. Enums travel as their place in the declaration, from 1. */
final class OutcomeCodec {

    private static final int BOOL_SIZE = 2;
    private static final BatchOutcome.Status[] STATUSES = BatchOutcome.Status.values();
    private static final Code[] CODES = Code.values();
    private static final Answer[] ANSWERS = Answer.values();

    private OutcomeCodec() {}

    static int size(TransactionResult result) {
        return messageSize(bodySize(result));
    }

    private static int bodySize(TransactionResult result) {
        if (result instanceof Applied r) {
            return sint64Size(r.revision()) + 2 * BOOL_SIZE + messageSize(packedSize(r.opResults()));
        } else if (result instanceof Conflict r) {
            return int32Size(r.check()) + sint64Size(r.currentVersion());
        } else if (result instanceof CommandDone r) {
            return sint64Size(r.revision()) + BOOL_SIZE + bytesSize(r.result());
        } else if (result instanceof Failed r) {
            return int32Size(wireOf(r.code())) + stringSize(r.message());
        } else if (result instanceof Resolved r) {
            return int32Size(wireOf(r.answer()))
                    + sint64Size(r.revision())
                    + sint64Size(r.position().term())
                    + sint64Size(r.position().index());
        }
        throw new AssertionError(result);
    }

    private static int packedSize(long[] values) {
        int size = 0;
        for (long value : values) {
            size += CodedOutputStream.computeSInt64SizeNoTag(value);
        }
        return size;
    }

    static void write(CodedOutputStream out, TransactionResult result) throws IOException {
        int size = bodySize(result);
        if (result instanceof Applied r) {
            Wire.message(out, 1, size);
            Wire.sint64(out, 1, r.revision());
            Wire.int32(out, 2, r.changed() ? 1 : 0);
            Wire.int32(out, 3, r.matched() ? 1 : 0);
            Wire.message(out, 4, packedSize(r.opResults()));
            for (long value : r.opResults()) {
                out.writeSInt64NoTag(value);
            }
        } else if (result instanceof Conflict r) {
            Wire.message(out, 2, size);
            Wire.int32(out, 1, r.check());
            Wire.sint64(out, 2, r.currentVersion());
        } else if (result instanceof CommandDone r) {
            Wire.message(out, 3, size);
            Wire.sint64(out, 1, r.revision());
            Wire.int32(out, 2, r.changed() ? 1 : 0);
            Wire.bytes(out, 3, r.result());
        } else if (result instanceof Failed r) {
            Wire.message(out, 4, size);
            Wire.int32(out, 1, wireOf(r.code()));
            Wire.string(out, 2, r.message());
        } else if (result instanceof Resolved r) {
            Wire.message(out, 5, size);
            Wire.int32(out, 1, wireOf(r.answer()));
            Wire.sint64(out, 2, r.revision());
            Wire.sint64(out, 3, r.position().term());
            Wire.sint64(out, 4, r.position().index());
        } else {
            throw new AssertionError(result);
        }
    }

    static TransactionResult read(CodedInputStream in) throws IOException {
        TransactionResult read = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int outer = Wire.enter(in);
            read = switch (tag) {
                case 1 << 3 | Wire.LENGTH -> applied(in);
                case 2 << 3 | Wire.LENGTH -> conflict(in);
                case 3 << 3 | Wire.LENGTH -> commandDone(in);
                case 4 << 3 | Wire.LENGTH -> failed(in);
                case 5 << 3 | Wire.LENGTH -> resolved(in);
                default -> throw Wire.unknownField("Result", tag);
            };
            Wire.leave(in, outer);
        }
        return Wire.present(read, "Result", "kind");
    }

    private static Applied applied(CodedInputStream in) throws IOException {
        long revision = 0;
        boolean changed = false;
        boolean matched = false;
        long[] opResults = new long[0];
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> revision = in.readSInt64();
                case 2 << 3 | Wire.VARINT -> changed = in.readBool();
                case 3 << 3 | Wire.VARINT -> matched = in.readBool();
                case 4 << 3 | Wire.LENGTH -> opResults = packed(in);
                default -> throw Wire.unknownField("Applied", tag);
            }
        }
        return new Applied(revision, changed, matched, opResults);
    }

    private static long[] packed(CodedInputStream in) throws IOException {
        int outer = Wire.enter(in);
        long[] values = new long[2];
        int count = 0;
        while (in.getBytesUntilLimit() > 0) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = in.readSInt64();
        }
        in.popLimit(outer);
        return Arrays.copyOf(values, count);
    }

    private static Conflict conflict(CodedInputStream in) throws IOException {
        int check = 0;
        long currentVersion = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> check = in.readInt32();
                case 2 << 3 | Wire.VARINT -> currentVersion = in.readSInt64();
                default -> throw Wire.unknownField("Conflict", tag);
            }
        }
        return new Conflict(check, currentVersion);
    }

    private static CommandDone commandDone(CodedInputStream in) throws IOException {
        long revision = 0;
        boolean changed = false;
        byte[] result = Wire.NO_BYTES;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> revision = in.readSInt64();
                case 2 << 3 | Wire.VARINT -> changed = in.readBool();
                case 3 << 3 | Wire.LENGTH -> result = in.readByteArray();
                default -> throw Wire.unknownField("CommandDone", tag);
            }
        }
        return new CommandDone(revision, changed, result);
    }

    private static Failed failed(CodedInputStream in) throws IOException {
        int code = 0;
        String message = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> code = in.readInt32();
                case 2 << 3 | Wire.LENGTH -> message = in.readStringRequireUtf8();
                default -> throw Wire.unknownField("Failed", tag);
            }
        }
        return new Failed(ofWire(CODES, code, "Code"), message);
    }

    private static Resolved resolved(CodedInputStream in) throws IOException {
        int answer = 0;
        long revision = 0;
        long term = 0;
        long index = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> answer = in.readInt32();
                case 2 << 3 | Wire.VARINT -> revision = in.readSInt64();
                case 3 << 3 | Wire.VARINT -> term = in.readSInt64();
                case 4 << 3 | Wire.VARINT -> index = in.readSInt64();
                default -> throw Wire.unknownField("Resolved", tag);
            }
        }
        return new Resolved(ofWire(ANSWERS, answer, "Answer"), revision, new LogPosition(term, index));
    }

    /** The declaration order of these enums is the format; journal.proto lists the same numbers. */
    @SuppressWarnings("EnumOrdinal")
    static int wireOf(Enum<?> constant) {
        return constant.ordinal() + 1;
    }

    static BatchOutcome.Status status(int wire) throws IOException {
        return ofWire(STATUSES, wire, "Status");
    }

    private static <E> E ofWire(E[] constants, int wire, String type) throws IOException {
        if (wire < 1 || wire > constants.length) {
            throw new IOException("unknown constant: type=" + type + " number=" + wire);
        }
        return constants[wire - 1];
    }
}
