package io.metastore.snapshot.internal.wire;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;

/**
 * Reads the fields of one message in the order in which {@link MessageWriter} writes them, and no others: a field that is missing, unknown, there twice
 * or out of order is an error that names the field expected and the one found. Used by one thread.
 *
 * <p>Numbers that are encoded longer than needed pass; whoever minds encodes what was read and compares.
 */
public final class MessageReader {

    private static final int NOT_READ = -1;

    private final String message;
    private final CodedInputStream in;
    /** The next tag, if it was looked at already; 0 at the end. */
    private int ahead = NOT_READ;

    /** @param message its name, for errors */
    public MessageReader(String message, byte[] bytes) {
        this.message = message;
        this.in = CodedInputStream.newInstance(bytes);
    }

    public long uint64(int field, String name) throws IOException {
        expect(field, Wire.VARINT, name);
        return in.readUInt64();
    }

    public long sint64(int field, String name) throws IOException {
        expect(field, Wire.VARINT, name);
        return in.readSInt64();
    }

    public long fixed64(int field, String name) throws IOException {
        expect(field, Wire.FIXED64, name);
        return in.readFixed64();
    }

    public boolean bool(int field, String name) throws IOException {
        long value = uint64(field, name);
        if (value != 0 && value != 1) {
            throw new IOException("message=" + message + " field=" + name + " expected: 0 or 1 found: " + value);
        }
        return value == 1;
    }

    public String string(int field, String name) throws IOException {
        expect(field, Wire.LENGTH, name);
        return in.readStringRequireUtf8();
    }

    public byte[] bytes(int field, String name) throws IOException {
        expect(field, Wire.LENGTH, name);
        return in.readByteArray();
    }

    /** An embedded message, to be read to its {@link #end} by the caller. */
    public MessageReader message(int field, String name) throws IOException {
        return new MessageReader(message + "." + name, bytes(field, name));
    }

    /** Whether this field comes next; for those that may be missing or repeated. */
    public boolean has(int field) throws IOException {
        return next() >>> 3 == field;
    }

    /** Nothing may follow. */
    public void end() throws IOException {
        if (next() != 0) {
            throw new IOException("message=" + message + " expected: its end found: " + found());
        }
    }

    private void expect(int field, int type, String name) throws IOException {
        if (next() != Wire.tag(field, type)) {
            throw new IOException("message=" + message + " expected: field " + field + " " + name + " of wire type "
                    + type + " found: " + found());
        }
        ahead = NOT_READ;
    }

    private int next() throws IOException {
        if (ahead == NOT_READ) {
            ahead = in.readTag();
        }
        return ahead;
    }

    private String found() throws IOException {
        int tag = next();
        return tag == 0 ? "its end" : "field " + (tag >>> 3) + " of wire type " + (tag & 7);
    }
}
