package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import org.jspecify.annotations.Nullable;

/** Constants of an enum, by name. */
final class EnumFormat implements Format {

    private final EnumCodec<?> codec;

    @SuppressWarnings({"unchecked", "rawtypes"}) // The caller has checked that it is an enum.
    EnumFormat(Class<?> type) {
        this.codec = new EnumCodec(type);
    }

    @Override
    public String id() {
        return codec.id();
    }

    @Override
    public void write(Object value, Output out) {
        out.writeSized(Utf8.encode(((Enum<?>) value).name()));
    }

    @Override
    public Object read(Input in) {
        String name = in.readString();
        try {
            return codec.named(name);
        } catch (CodecException e) {
            throw in.damaged("unknown enum constant", e);
        }
    }

    @Override
    public @Nullable Object absent() {
        return null;
    }
}
