package io.metastore.snapshot.internal.wire;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Writes the fields of one message, in the order of their numbers; zeros are written too. For small messages: embedded ones are copied. Used by one
 * thread, for one message.
 */
public final class MessageWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    /** Writes to memory, so it fails only if protobuf does something that it does not say. */
    private interface Write {
        void run() throws IOException;
    }

    public MessageWriter uint64(int field, long value) {
        return write(() -> Wire.uint64(out, field, value));
    }

    public MessageWriter sint64(int field, long value) {
        return write(() -> Wire.sint64(out, field, value));
    }

    public MessageWriter fixed64(int field, long value) {
        return write(() -> Wire.fixed64(out, field, value));
    }

    public MessageWriter bool(int field, boolean value) {
        return uint64(field, value ? 1 : 0);
    }

    public MessageWriter string(int field, String value) {
        return write(() -> Wire.string(out, field, value));
    }

    public MessageWriter bytes(int field, byte[] value) {
        return write(() -> Wire.bytes(out, field, value));
    }

    public MessageWriter message(int field, MessageWriter value) {
        return bytes(field, value.toBytes());
    }

    public byte[] toBytes() {
        write(out::flush);
        return bytes.toByteArray();
    }

    private MessageWriter write(Write write) {
        try {
            write.run();
            return this;
        } catch (IOException e) {
            throw new IllegalStateException("a message could not be written to memory", e);
        }
    }
}
