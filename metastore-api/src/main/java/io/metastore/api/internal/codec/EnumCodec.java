package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Constants of an enum by name. */
public final class EnumCodec<E extends Enum<E>> implements TypedKeyCodec<E> {

    private final Class<E> type;
    private final Map<String, E> constants = new LinkedHashMap<>();

    public EnumCodec(Class<E> type) {
        if (!type.isEnum()) {
            throw new IllegalArgumentException("not an enum: class=" + type.getName());
        }
        this.type = type;
        for (E constant : type.getEnumConstants()) {
            constants.put(constant.name(), constant);
        }
    }

    @Override
    public Class<E> type() {
        return type;
    }

    @Override
    public String id() {
        return "enum(" + type.getSimpleName() + ")";
    }

    @Override
    public byte[] encode(E value) {
        return Utf8.encode(value.name());
    }

    @Override
    public E decode(byte[] bytes) {
        return named(Utf8.decode(bytes, 0, bytes.length));
    }

    E named(String name) {
        E constant = constants.get(name);
        if (constant == null) {
            throw new CodecException("enum has no such constant: enum=" + type.getName() + " stored='" + name
                    + "' known=" + constants.keySet()
                    + "; written by a newer build, or the constant was removed or renamed");
        }
        return constant;
    }
}
