package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.nio.ByteBuffer;

/** Numbers, big end first and with the sign bit flipped, so that negative ones sort before the others. */
public final class Int64Codec implements TypedKeyCodec<Long> {

    public static final Int64Codec INSTANCE = new Int64Codec();

    private Int64Codec() {}

    @Override
    public Class<Long> type() {
        return Long.class;
    }

    @Override
    public String id() {
        return "int64";
    }

    @Override
    public byte[] encode(Long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value ^ Long.MIN_VALUE).array();
    }

    @Override
    public Long decode(byte[] bytes) {
        if (bytes.length != Long.BYTES) {
            throw new CodecException("an int64 has eight bytes: length=" + bytes.length);
        }
        return ByteBuffer.wrap(bytes).getLong() ^ Long.MIN_VALUE;
    }
}
