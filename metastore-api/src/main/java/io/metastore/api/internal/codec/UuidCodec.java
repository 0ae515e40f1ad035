package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** UUIDs as sixteen bytes, in the order of their text. */
public final class UuidCodec implements TypedKeyCodec<UUID> {

    public static final UuidCodec INSTANCE = new UuidCodec();

    private static final int LENGTH = 2 * Long.BYTES;

    private UuidCodec() {}

    @Override
    public Class<UUID> type() {
        return UUID.class;
    }

    @Override
    public String id() {
        return "uuid";
    }

    @Override
    public byte[] encode(UUID value) {
        return ByteBuffer.allocate(LENGTH)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
    }

    @Override
    public UUID decode(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new CodecException("a uuid has sixteen bytes: length=" + bytes.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
