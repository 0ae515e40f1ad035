package io.metastore.api.internal.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Types without parts, by their class. A primitive and its box have the same bytes. */
final class ScalarFormat<T> implements Format {

    private static final Map<Class<?>, Format> ALL = new HashMap<>();

    static {
        both(
                boolean.class,
                Boolean.class,
                "bool",
                (value, out) -> out.writeByte(value ? 1 : 0),
                Input::readBoolean,
                false);
        both(byte.class, Byte.class, "int8", (value, out) -> out.writeByte(value), in -> (byte) in.readByte(), (byte)
                0);
        both(
                short.class,
                Short.class,
                "int16",
                (value, out) -> out.writeSigned(value),
                in -> (short) in.readSigned(Short.MIN_VALUE, Short.MAX_VALUE),
                (short) 0);
        both(
                int.class,
                Integer.class,
                "int32",
                (value, out) -> out.writeSigned(value),
                in -> (int) in.readSigned(Integer.MIN_VALUE, Integer.MAX_VALUE),
                0);
        both(
                long.class,
                Long.class,
                "int64",
                (value, out) -> out.writeSigned(value),
                in -> in.readSigned(Long.MIN_VALUE, Long.MAX_VALUE),
                0L);
        // The canonical bits: all NaN are equal in a record.
        both(
                float.class,
                Float.class,
                "float32",
                (value, out) -> out.writeFixed(Float.floatToIntBits(value), Float.BYTES),
                in -> Float.intBitsToFloat((int) in.readFixed(Float.BYTES)),
                0f);
        both(
                double.class,
                Double.class,
                "float64",
                (value, out) -> out.writeFixed(Double.doubleToLongBits(value), Double.BYTES),
                in -> Double.longBitsToDouble(in.readFixed(Double.BYTES)),
                0d);
        both(
                char.class,
                Character.class,
                "char",
                (value, out) -> out.writeFixed(value, Character.BYTES),
                in -> (char) in.readFixed(Character.BYTES),
                '\0');
        one(String.class, "utf8", (value, out) -> out.writeSized(Utf8.encode(value)), Input::readString);
        one(byte[].class, "bytes", (value, out) -> out.writeSized(value), Input::readSized);
        one(
                UUID.class,
                "uuid",
                (value, out) -> out.writeBytes(UuidCodec.INSTANCE.encode(value)),
                in -> UuidCodec.INSTANCE.decode(in.readBytes(2 * Long.BYTES)));
        one(Instant.class, "instant", (value, out) -> time(value.getEpochSecond(), value.getNano(), out), in -> {
            long seconds = in.readSigned(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
            return Instant.ofEpochSecond(seconds, nanos(in));
        });
        one(Duration.class, "duration", (value, out) -> time(value.getSeconds(), value.getNano(), out), in -> {
            long seconds = in.readSigned(Long.MIN_VALUE, Long.MAX_VALUE);
            return Duration.ofSeconds(seconds, nanos(in));
        });
        one(BigInteger.class, "integer", (value, out) -> out.writeSized(value.toByteArray()), ScalarFormat::integer);
        one(
                BigDecimal.class,
                "decimal",
                (value, out) -> {
                    out.writeSigned(value.scale());
                    out.writeSized(value.unscaledValue().toByteArray());
                },
                in -> {
                    int scale = (int) in.readSigned(Integer.MIN_VALUE, Integer.MAX_VALUE);
                    return new BigDecimal(integer(in), scale);
                });
    }

    private final Class<T> type;
    private final String id;
    private final BiConsumer<T, Output> writer;
    private final Function<Input, T> reader;
    private final @Nullable T absent;

    private ScalarFormat(
            Class<T> type, String id, BiConsumer<T, Output> writer, Function<Input, T> reader, @Nullable T absent) {
        this.type = type;
        this.id = id;
        this.writer = writer;
        this.reader = reader;
        this.absent = absent;
    }

    /** The format of a class; null when it is none of these. */
    static @Nullable Format of(Class<?> type) {
        return ALL.get(type);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void write(Object value, Output out) {
        writer.accept(type.cast(value), out);
    }

    @Override
    public Object read(Input in) {
        return reader.apply(in);
    }

    @Override
    public @Nullable Object absent() {
        return absent;
    }

    private static <T> void both(
            Class<T> primitive,
            Class<T> box,
            String id,
            BiConsumer<T, Output> writer,
            Function<Input, T> reader,
            T zero) {
        ALL.put(primitive, new ScalarFormat<>(box, id, writer, reader, zero));
        // A box may be null where a primitive may not, so the two are not the same format.
        ALL.put(box, new ScalarFormat<>(box, id + "?", writer, reader, null));
    }

    private static <T> void one(Class<T> type, String id, BiConsumer<T, Output> writer, Function<Input, T> reader) {
        ALL.put(type, new ScalarFormat<>(type, id, writer, reader, null));
    }

    private static void time(long seconds, int nanos, Output out) {
        out.writeSigned(seconds);
        out.writeVarint(nanos);
    }

    private static long nanos(Input in) {
        long nanos = in.readVarint();
        if (nanos < 0 || nanos > 999_999_999) {
            throw in.damaged("nanoseconds out of range: " + Long.toUnsignedString(nanos), null);
        }
        return nanos;
    }

    private static BigInteger integer(Input in) {
        byte[] bytes = in.readSized();
        if (bytes.length == 0) {
            throw in.damaged("integer without bytes", null);
        }
        return new BigInteger(bytes);
    }
}
