package io.metastore.raft.internal.ratis;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** The consumer's reply for one entry, passed through Ratis without a copy. */
final class Reply implements Message {
    private final byte[] bytes;

    Reply(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public ByteString getContent() {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    @Override
    public int size() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "reply of " + bytes.length + " bytes";
    }

    /** The bytes of a reply that came back from Ratis. */
    static byte[] bytesOf(Message message) {
        return message instanceof Reply reply
                ? reply.bytes
                : message.getContent().toByteArray();
    }
}
