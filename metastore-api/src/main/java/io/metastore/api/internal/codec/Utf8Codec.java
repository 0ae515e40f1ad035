package io.metastore.api.internal.codec;

/** Strings as UTF-8, whose byte order is that of code points. */
public final class Utf8Codec implements TypedKeyCodec<String> {

    public static final Utf8Codec INSTANCE = new Utf8Codec();

    private Utf8Codec() {}

    @Override
    public Class<String> type() {
        return String.class;
    }

    @Override
    public String id() {
        return "utf8";
    }

    @Override
    public byte[] encode(String value) {
        return Utf8.encode(value);
    }

    @Override
    public String decode(byte[] bytes) {
        return Utf8.decode(bytes, 0, bytes.length);
    }
}
