package io.metastore.snapshot.journal;

import static io.metastore.snapshot.internal.wire.Wire.bytesSize;
import static io.metastore.snapshot.internal.wire.Wire.int32Size;
import static io.metastore.snapshot.internal.wire.Wire.messageSize;
import static io.metastore.snapshot.internal.wire.Wire.sint64Size;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.metastore.snapshot.internal.wire.Wire;
import io.metastore.snapshot.journal.JournalCheck.Absent;
import io.metastore.snapshot.journal.JournalCheck.Exists;
import io.metastore.snapshot.journal.JournalCheck.HasVersion;
import io.metastore.snapshot.journal.JournalCheck.KeyUnchanged;
import io.metastore.snapshot.journal.JournalCheck.RangeUnchanged;
import java.io.IOException;

/** Checks to bytes and back: {@code Check} of journal.proto. */
final class CheckCodec {

    /** Tag and eight bytes. */
    private static final int FIXED64_SIZE = 9;

    private CheckCodec() {}

    static int size(JournalCheck check) {
        return messageSize(bodySize(check));
    }

    private static int bodySize(JournalCheck check) {
        if (check instanceof KeyUnchanged c) {
            return int32Size(c.table()) + bytesSize(c.key()) + sint64Size(c.modRevision());
        } else if (check instanceof RangeUnchanged c) {
            byte[] to = c.to();
            return int32Size(c.table()) + bytesSize(c.from()) + (to == null ? 0 : bytesSize(to)) + FIXED64_SIZE;
        } else if (check instanceof Exists c) {
            return int32Size(c.table()) + bytesSize(c.key());
        } else if (check instanceof Absent c) {
            return int32Size(c.table()) + bytesSize(c.key());
        } else if (check instanceof HasVersion c) {
            return int32Size(c.table()) + bytesSize(c.key()) + sint64Size(c.version());
        }
        throw new AssertionError(check);
    }

    static void write(CodedOutputStream out, JournalCheck check) throws IOException {
        int size = bodySize(check);
        if (check instanceof KeyUnchanged c) {
            Wire.message(out, 1, size);
            Wire.int32(out, 1, c.table());
            Wire.bytes(out, 2, c.key());
            Wire.sint64(out, 3, c.modRevision());
        } else if (check instanceof RangeUnchanged c) {
            Wire.message(out, 2, size);
            Wire.int32(out, 1, c.table());
            Wire.bytes(out, 2, c.from());
            byte[] to = c.to();
            if (to != null) {
                Wire.bytes(out, 3, to);
            }
            Wire.fixed64(out, 4, c.digest());
        } else if (check instanceof Exists c) {
            Wire.message(out, 3, size);
            Wire.int32(out, 1, c.table());
            Wire.bytes(out, 2, c.key());
        } else if (check instanceof Absent c) {
            Wire.message(out, 4, size);
            Wire.int32(out, 1, c.table());
            Wire.bytes(out, 2, c.key());
        } else if (check instanceof HasVersion c) {
            Wire.message(out, 5, size);
            Wire.int32(out, 1, c.table());
            Wire.bytes(out, 2, c.key());
            Wire.sint64(out, 3, c.version());
        } else {
            throw new AssertionError(check);
        }
    }

    static JournalCheck read(CodedInputStream in) throws IOException {
        JournalCheck read = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int outer = Wire.enter(in);
            read = switch (tag) {
                case 1 << 3 | Wire.LENGTH -> keyed(in, "KeyUnchanged", true).keyUnchanged();
                case 2 << 3 | Wire.LENGTH -> range(in);
                case 3 << 3 | Wire.LENGTH -> keyed(in, "Exists", false).exists();
                case 4 << 3 | Wire.LENGTH -> keyed(in, "Absent", false).absent();
                case 5 << 3 | Wire.LENGTH -> keyed(in, "HasVersion", true).hasVersion();
                default -> throw Wire.unknownField("Check", tag);
            };
            Wire.leave(in, outer);
        }
        return Wire.present(read, "Check", "kind");
    }

    /** What the checks of one key have in common. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Keyed(int table, byte[] key, long number) {
        KeyUnchanged keyUnchanged() {
            return new KeyUnchanged(table, key, number);
        }

        Exists exists() {
            return new Exists(table, key);
        }

        Absent absent() {
            return new Absent(table, key);
        }

        HasVersion hasVersion() {
            return new HasVersion(table, key, number);
        }
    }

    private static Keyed keyed(CodedInputStream in, String message, boolean numbered) throws IOException {
        int table = 0;
        byte[] key = Wire.NO_BYTES;
        long number = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (1 << 3 | Wire.VARINT)) {
                table = in.readInt32();
            } else if (tag == (2 << 3 | Wire.LENGTH)) {
                key = in.readByteArray();
            } else if (numbered && tag == (3 << 3 | Wire.VARINT)) {
                number = in.readSInt64();
            } else {
                throw Wire.unknownField(message, tag);
            }
        }
        return new Keyed(table, Wire.present(key, message, "key"), number);
    }

    private static RangeUnchanged range(CodedInputStream in) throws IOException {
        int table = 0;
        byte[] from = Wire.NO_BYTES;
        byte[] to = null;
        long digest = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> table = in.readInt32();
                case 2 << 3 | Wire.LENGTH -> from = in.readByteArray();
                case 3 << 3 | Wire.LENGTH -> to = in.readByteArray();
                case 4 << 3 | Wire.FIXED64 -> digest = in.readFixed64();
                default -> throw Wire.unknownField("RangeUnchanged", tag);
            }
        }
        return new RangeUnchanged(table, from, to, digest);
    }
}
