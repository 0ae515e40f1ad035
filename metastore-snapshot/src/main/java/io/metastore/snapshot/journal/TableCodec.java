package io.metastore.snapshot.journal;

import static io.metastore.snapshot.internal.wire.Wire.int32Size;
import static io.metastore.snapshot.internal.wire.Wire.stringSize;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.metastore.snapshot.internal.wire.Wire;
import java.io.IOException;

/** Table records to bytes and back: {@code Table} of journal.proto. */
final class TableCodec {

    private TableCodec() {}

    static int size(TableRecord table) {
        return int32Size(table.id())
                + stringSize(table.name())
                + stringSize(table.keyCodec())
                + stringSize(table.valueCodec())
                + int32Size(table.version());
    }

    static void write(CodedOutputStream out, TableRecord table) throws IOException {
        Wire.int32(out, 1, table.id());
        Wire.string(out, 2, table.name());
        Wire.string(out, 3, table.keyCodec());
        Wire.string(out, 4, table.valueCodec());
        Wire.int32(out, 5, table.version());
    }

    static TableRecord read(CodedInputStream in) throws IOException {
        int id = 0;
        String name = "";
        String keyCodec = "";
        String valueCodec = "";
        int version = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | Wire.VARINT -> id = in.readInt32();
                case 2 << 3 | Wire.LENGTH -> name = in.readStringRequireUtf8();
                case 3 << 3 | Wire.LENGTH -> keyCodec = in.readStringRequireUtf8();
                case 4 << 3 | Wire.LENGTH -> valueCodec = in.readStringRequireUtf8();
                case 5 << 3 | Wire.VARINT -> version = in.readInt32();
                default -> throw Wire.unknownField("Table", tag);
            }
        }
        return new TableRecord(id, name, keyCodec, valueCodec, version);
    }
}
