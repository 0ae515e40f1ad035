package io.metastore.raft.internal.ratis;

import java.io.UncheckedIOException;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** Raft messages from bytes. */
final class RaftMessages {
    private RaftMessages() {}

    /**
     * Parses without copying payloads: they keep referring to the given bytes, which must not change any more.
     *
     * @throws UncheckedIOException the bytes are no such message
     */
    static <T extends MessageLite> T parse(byte[] bytes, Parser<T> parser) {
        try {
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            T message = parser.parseFrom(input);
            input.checkLastTagWas(0);
            return message;
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }
}
