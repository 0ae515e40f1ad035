package io.metastore.snapshot.internal.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The little of the protobuf wire format that is needed here: sizes, and reading of embedded messages. Field numbers are below 16, so every tag
 * is one byte. Only the oldest parts of the protobuf API are used, because applications bring their own version of it.
 */
public final class Wire {

    /** A field that is not there has its type's zero value, as always in protobuf. */
    public static final byte[] NO_BYTES = {};

    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int LENGTH = 2;

    private Wire() {}

    public static int tag(int field, int type) {
        return field << 3 | type;
    }

    public static int uint64Size(long value) {
        return 1 + CodedOutputStream.computeUInt64SizeNoTag(value);
    }

    public static int sint64Size(long value) {
        return 1 + CodedOutputStream.computeSInt64SizeNoTag(value);
    }

    public static int int32Size(int value) {
        return 1 + CodedOutputStream.computeInt32SizeNoTag(value);
    }

    public static int stringSize(String value) {
        return 1 + CodedOutputStream.computeStringSizeNoTag(value);
    }

    public static int bytesSize(byte[] value) {
        return messageSize(value.length);
    }

    /** Tag, length and body. */
    public static int messageSize(int bodyBytes) {
        return 1 + CodedOutputStream.computeUInt32SizeNoTag(bodyBytes) + bodyBytes;
    }

    public static void uint64(CodedOutputStream out, int field, long value) throws IOException {
        out.writeUInt32NoTag(tag(field, VARINT));
        out.writeUInt64NoTag(value);
    }

    public static void sint64(CodedOutputStream out, int field, long value) throws IOException {
        out.writeUInt32NoTag(tag(field, VARINT));
        out.writeSInt64NoTag(value);
    }

    public static void int32(CodedOutputStream out, int field, int value) throws IOException {
        out.writeUInt32NoTag(tag(field, VARINT));
        out.writeInt32NoTag(value);
    }

    public static void fixed64(CodedOutputStream out, int field, long value) throws IOException {
        out.writeUInt32NoTag(tag(field, FIXED64));
        out.writeFixed64NoTag(value);
    }

    public static void string(CodedOutputStream out, int field, String value) throws IOException {
        out.writeUInt32NoTag(tag(field, LENGTH));
        out.writeStringNoTag(value);
    }

    public static void bytes(CodedOutputStream out, int field, byte[] value) throws IOException {
        message(out, field, value.length);
        out.writeRawBytes(value);
    }

    /** Opens an embedded message: its fields follow. */
    public static void message(CodedOutputStream out, int field, int bodyBytes) throws IOException {
        out.writeUInt32NoTag(tag(field, LENGTH));
        out.writeUInt32NoTag(bodyBytes);
    }

    /** Enters an embedded message; pass the result to {@link #leave}. */
    public static int enter(CodedInputStream in) throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    public static void leave(CodedInputStream in, int outer) throws IOException {
        in.checkLastTagWas(0);
        in.popLimit(outer);
    }

    /** An unknown field must never be passed over: members that know it would come to another state. */
    public static IOException unknownField(String message, int tag) {
        return new IOException(
                "unknown kind or field: message=" + message + " field=" + (tag >>> 3) + " wireType=" + (tag & 7));
    }

    /** The kind, or message, that must have been there. */
    public static <T> T present(@Nullable T value, String message, String field) throws IOException {
        if (value == null) {
            throw new IOException("missing field: message=" + message + " field=" + field);
        }
        return value;
    }
}
