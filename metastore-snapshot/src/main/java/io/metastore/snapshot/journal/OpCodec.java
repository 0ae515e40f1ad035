package io.metastore.snapshot.journal;

import static io.metastore.snapshot.internal.wire.Wire.bytesSize;
import static io.metastore.snapshot.internal.wire.Wire.int32Size;
import static io.metastore.snapshot.internal.wire.Wire.messageSize;
import static io.metastore.snapshot.internal.wire.Wire.stringSize;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.metastore.snapshot.internal.wire.Wire;
import io.metastore.snapshot.journal.JournalOp.BeginEpoch;
import io.metastore.snapshot.journal.JournalOp.NextIds;
import io.metastore.snapshot.journal.JournalOp.Put;
import io.metastore.snapshot.journal.JournalOp.RegisterTable;
import io.metastore.snapshot.journal.JournalOp.Remove;
import io.metastore.snapshot.journal.JournalOp.RemoveRange;
import java.io.IOException;

/** Changes to bytes and back: {@code Op} of journal.proto. */
final class OpCodec {

    private static final int BOOL_SIZE = 2;

    private OpCodec() {}

    static int size(JournalOp op) {
        return messageSize(bodySize(op));
    }

    private static int bodySize(JournalOp op) {
        if (op instanceof Put o) {
            return int32Size(o.table()) + bytesSize(o.key()) + int32Size(o.valueVersion()) + bytesSize(o.value());
        } else if (op instanceof Remove o) {
            return int32Size(o.table()) + bytesSize(o.key());
        } else if (op instanceof RemoveRange o) {
            byte[] to = o.to();
            return int32Size(o.table())
                    + bytesSize(o.from())
                    + (to == null ? 0 : bytesSize(to))
                    + int32Size(o.limit())
                    + BOOL_SIZE
                    + int32Size(o.max());
        } else if (op instanceof NextIds o) {
            return stringSize(o.sequence()) + int32Size(o.count());
        } else if (op instanceof RegisterTable o) {
            return TableCodec.size(o.table());
        } else if (op instanceof BeginEpoch o) {
            return Wire.uint64Size(o.epoch());
        }
        throw new AssertionError(op);
    }

    static void write(CodedOutputStream out, JournalOp op) throws IOException {
        int size = bodySize(op);
        if (op instanceof Put o) {
            Wire.message(out, 1, size);
            Wire.int32(out, 1, o.table());
            Wire.bytes(out, 2, o.key());
            Wire.int32(out, 3, o.valueVersion());
            Wire.bytes(out, 4, o.value());
        } else if (op instanceof Remove o) {
            Wire.message(out, 2, size);
            Wire.int32(out, 1, o.table());
            Wire.bytes(out, 2, o.key());
        } else if (op instanceof RemoveRange o) {
            Wire.message(out, 3, size);
            Wire.int32(out, 1, o.table());
            Wire.bytes(out, 2, o.from());
            byte[] to = o.to();
            if (to != null) {
                Wire.bytes(out, 3, to);
            }
            Wire.int32(out, 4, o.limit());
            Wire.int32(out, 5, o.reversed() ? 1 : 0);
            Wire.int32(out, 6, o.max());
        } else if (op instanceof NextIds o) {
            Wire.message(out, 4, size);
            Wire.string(out, 1, o.sequence());
            Wire.int32(out, 2, o.count());
        } else if (op instanceof RegisterTable o) {
            Wire.message(out, 5, size);
            TableCodec.write(out, o.table());
        } else if (op instanceof BeginEpoch o) {
            Wire.message(out, 6, size);
            Wire.uint64(out, 1, o.epoch());
        } else {
            throw new AssertionError(op);
        }
    }

    static JournalOp read(CodedInputStream in) throws IOException {
        JournalOp read = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int outer = Wire.enter(in);
            read = switch (tag) {
                case 1 << 3 | Wire.LENGTH -> put(in);
                case 2 << 3 | Wire.LENGTH -> remove(in);
                case 3 << 3 | Wire.LENGTH -> removeRange(in);
                case 4 << 3 | Wire.LENGTH -> nextIds(in);
                case 5 << 3 | Wire.LENGTH -> new RegisterTable(TableCodec.read(in));
                case 6 << 3 | Wire.LENGTH -> beginEpoch(in);
                default -> throw Wire.unknownField("Op", tag);
            };
            Wire.leave(in, outer);
        }
        return Wire.present(read, "Op", "kind");
    }

    private static Put put(CodedInputStream in) throws IOException {
        int table = 0;
        byte[] key = Wire.NO_BYTES;
        int valueVersion = 0;
        byte[] value = Wire.NO_BYTES;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> table = in.readInt32();
                case 2 << 3 | Wire.LENGTH -> key = in.readByteArray();
                case 3 << 3 | Wire.VARINT -> valueVersion = in.readInt32();
                case 4 << 3 | Wire.LENGTH -> value = in.readByteArray();
                default -> throw Wire.unknownField("Put", tag);
            }
        }
        return new Put(table, key, valueVersion, value);
    }

    private static Remove remove(CodedInputStream in) throws IOException {
        int table = 0;
        byte[] key = Wire.NO_BYTES;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> table = in.readInt32();
                case 2 << 3 | Wire.LENGTH -> key = in.readByteArray();
                default -> throw Wire.unknownField("Remove", tag);
            }
        }
        return new Remove(table, key);
    }

    private static RemoveRange removeRange(CodedInputStream in) throws IOException {
        int table = 0;
        byte[] from = Wire.NO_BYTES;
        byte[] to = null;
        int limit = 0;
        boolean reversed = false;
        int max = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> table = in.readInt32();
                case 2 << 3 | Wire.LENGTH -> from = in.readByteArray();
                case 3 << 3 | Wire.LENGTH -> to = in.readByteArray();
                case 4 << 3 | Wire.VARINT -> limit = in.readInt32();
                case 5 << 3 | Wire.VARINT -> reversed = in.readBool();
                case 6 << 3 | Wire.VARINT -> max = in.readInt32();
                default -> throw Wire.unknownField("RemoveRange", tag);
            }
        }
        return new RemoveRange(table, from, to, limit, reversed, max);
    }

    private static NextIds nextIds(CodedInputStream in) throws IOException {
        String sequence = "";
        int count = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.LENGTH -> sequence = in.readStringRequireUtf8();
                case 2 << 3 | Wire.VARINT -> count = in.readInt32();
                default -> throw Wire.unknownField("NextIds", tag);
            }
        }
        return new NextIds(sequence, count);
    }

    private static BeginEpoch beginEpoch(CodedInputStream in) throws IOException {
        long epoch = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (1 << 3 | Wire.VARINT)) {
                epoch = in.readUInt64();
            } else {
                throw Wire.unknownField("BeginEpoch", tag);
            }
        }
        return new BeginEpoch(epoch);
    }
}
