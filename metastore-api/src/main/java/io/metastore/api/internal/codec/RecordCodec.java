package io.metastore.api.internal.codec;

import io.metastore.api.Codec;
import io.metastore.api.CodecException;
import java.util.Objects;

/** Records as one format byte and what {@link RecordFormat} says. */
public final class RecordCodec<R> implements Codec<R> {

    private static final int FORMAT = 1;

    /** Kept with the class, so neither keeps the other alive longer than it should. */
    private static final ClassValue<RecordCodec<?>> CODECS = new ClassValue<>() {
        @Override
        protected RecordCodec<?> computeValue(Class<?> type) {
            return new RecordCodec<>(type);
        }
    };

    private final Class<R> type;
    private final Format format;

    private RecordCodec(Class<R> type) {
        this.type = type;
        this.format = Formats.ofRecord(type);
    }

    @SuppressWarnings("unchecked") // The codec of a class is made for that class.
    public static <R extends Record> RecordCodec<R> of(Class<R> type) {
        return (RecordCodec<R>) CODECS.get(type);
    }

    @Override
    public String id() {
        return format.id();
    }

    @Override
    public byte[] encode(R value) {
        Output out = new Output();
        out.writeByte(FORMAT);
        format.write(type.cast(Objects.requireNonNull(value, "value")), out);
        return out.toByteArray();
    }

    @Override
    public R decode(byte[] bytes) {
        Input in = new Input(bytes);
        in.at(type.getSimpleName());
        int found = in.readByte();
        if (found != FORMAT) {
            throw new CodecException("unknown record format: record=" + type.getName() + " found=" + found + " known="
                    + FORMAT + "; the value was written by another codec or a newer build, or is damaged");
        }
        R value = type.cast(format.read(in));
        if (in.remaining() > 0) {
            throw in.damaged("bytes are left after the last component", null);
        }
        return value;
    }
}
