package io.metastore.api.internal.codec;

/** Bytes as they are. */
public final class BytesCodec implements TypedKeyCodec<byte[]> {

    public static final BytesCodec INSTANCE = new BytesCodec();

    private BytesCodec() {}

    @Override
    public Class<byte[]> type() {
        return byte[].class;
    }

    @Override
    public String id() {
        return "bytes";
    }

    @Override
    public byte[] encode(byte[] value) {
        return value.clone();
    }

    @Override
    public byte[] decode(byte[] bytes) {
        return bytes.clone();
    }
}
