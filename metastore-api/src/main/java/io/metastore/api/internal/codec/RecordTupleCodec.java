package io.metastore.api.internal.codec;

import io.metastore.api.ByteRange;
import io.metastore.api.CodecException;
import io.metastore.api.KeyCodec;
import io.metastore.api.Range;
import io.metastore.api.TupleCodec;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Keys whose parts are the components of a record. */
public final class RecordTupleCodec<R> implements TupleCodec<R>, TypedKeyCodec<R> {

    private final Class<R> type;
    private final RecordHandle handle;
    private final List<KeyCodec<?>> codecs;
    private final String id;

    private RecordTupleCodec(Class<R> type, RecordHandle handle, List<KeyCodec<?>> codecs) {
        this.type = type;
        this.handle = handle;
        this.codecs = codecs;
        this.id = codecs.stream().map(KeyCodec::id).collect(Collectors.joining(",", "tuple(", ")"));
    }

    public static <R extends Record> RecordTupleCodec<R> of(Class<R> type, KeyCodec<?>... codecs) {
        RecordHandle handle = RecordHandle.of(type);
        int expected = handle.components().size();
        if (codecs.length != expected || expected == 0) {
            throw new IllegalArgumentException("a tuple needs one codec for each component, and at least one: record="
                    + type.getName() + " components=" + expected + " codecs=" + codecs.length);
        }
        for (int i = 0; i < codecs.length; i++) {
            if (codecs[i] instanceof TypedKeyCodec<?> typed) {
                Class<?> component = boxed(handle.components().get(i).getType());
                if (!component.isAssignableFrom(typed.type())) {
                    throw new IllegalArgumentException("codec does not fit the component: component=" + handle.nameOf(i)
                            + " type=" + component.getName() + " codec=" + typed.id() + " codecType="
                            + typed.type().getName());
                }
            }
        }
        return new RecordTupleCodec<>(type, handle, List.of(codecs));
    }

    @Override
    public Class<R> type() {
        return type;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] encode(R key) {
        Output out = new Output();
        for (int i = 0; i < codecs.size(); i++) {
            TupleBytes.append(out, component(i).encode(part(key, i)));
        }
        return out.toByteArray();
    }

    /** All parts but the last one whole, and the beginning of the last one as its own codec defines it. */
    @Override
    public byte[] encodePrefix(R key) {
        Output out = new Output();
        int last = codecs.size() - 1;
        for (int i = 0; i < last; i++) {
            TupleBytes.append(out, component(i).encode(part(key, i)));
        }
        TupleBytes.appendOpen(out, component(last).encodePrefix(part(key, last)));
        return out.toByteArray();
    }

    @Override
    public R decode(byte[] bytes) {
        byte[][] parts = TupleBytes.split(bytes, codecs.size());
        @Nullable Object[] values = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            values[i] = codecs.get(i).decode(parts[i]);
        }
        return type.cast(handle.create(values));
    }

    @Override
    public Range<R> startingWith(Object... leading) {
        if (leading.length > codecs.size()) {
            throw new IllegalArgumentException("more values than the tuple has parts: tuple=" + id + " parts="
                    + codecs.size() + " values=" + Arrays.toString(leading));
        }
        Output out = new Output();
        for (int i = 0; i < leading.length; i++) {
            TupleBytes.append(out, encodeLeading(i, leading[i]));
        }
        byte[] prefix = out.toByteArray();
        return Range.ofBytes(new ByteRange(prefix, ByteRange.afterPrefix(prefix)));
    }

    private byte[] encodeLeading(int i, @Nullable Object value) {
        Class<?> expected = boxed(handle.components().get(i).getType());
        if (!expected.isInstance(value)) {
            throw wrongType(i, expected, value, null);
        }
        try {
            return component(i).encode(value);
        } catch (ClassCastException e) { // A component of a generic type tells nothing about its values.
            throw wrongType(i, expected, value, e);
        }
    }

    private IllegalArgumentException wrongType(
            int i, Class<?> expected, @Nullable Object value, @Nullable ClassCastException cause) {
        return new IllegalArgumentException(
                "value is not of its part's type: component=" + handle.nameOf(i) + " type=" + expected.getName()
                        + " codec=" + codecs.get(i).id() + " value=" + value
                        + (value == null ? "" : " class=" + value.getClass().getName()),
                cause);
    }

    private Object part(R key, int i) {
        Object part = handle.read(Objects.requireNonNull(key, "key"), i);
        if (part == null) {
            throw new CodecException("a part of a key must not be null: component=" + handle.nameOf(i));
        }
        return part;
    }

    @SuppressWarnings("unchecked") // Checked by the constructor where the codec tells its type.
    private KeyCodec<Object> component(int i) {
        return (KeyCodec<Object>) codecs.get(i);
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }
}
