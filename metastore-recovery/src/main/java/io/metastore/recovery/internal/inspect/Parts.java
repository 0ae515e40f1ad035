package io.metastore.recovery.internal.inspect;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How the parts of a value are read. What is null inside of a record is null in the map. */
final class Parts {

    /** Of a record, by the names in its codec's id. */
    static final Map<String, Function<Bytes, Object>> SCALARS = Map.ofEntries(
            Map.entry("bool", Bytes::bool),
            Map.entry("int8", in -> (byte) in.unsignedByte()),
            Map.entry("int16", in -> (short) in.signed()),
            Map.entry("int32", in -> (int) in.signed()),
            Map.entry("int64", Bytes::signed),
            Map.entry("float32", in -> Float.intBitsToFloat((int) in.fixed(Float.BYTES))),
            Map.entry("float64", in -> Double.longBitsToDouble(in.fixed(Double.BYTES))),
            Map.entry("char", in -> (char) in.fixed(Character.BYTES)),
            Map.entry("utf8", in -> in.text(in.sized())),
            Map.entry("bytes", Bytes::sized),
            Map.entry("uuid", Parts::uuid),
            Map.entry("instant", Parts::instant),
            Map.entry("duration", in -> Duration.ofSeconds(in.signed(), in.varint())),
            Map.entry("integer", Parts::integer),
            Map.entry("decimal", Parts::decimal));

    private Parts() {}

    static Object uuid(Bytes in) {
        return new UUID(in.fixed(Long.BYTES), in.fixed(Long.BYTES));
    }

    private static Object instant(Bytes in) {
        long seconds = in.signed();
        try {
            return Instant.ofEpochSecond(seconds, in.varint());
        } catch (DateTimeException | ArithmeticException e) {
            throw in.mismatch("expected an instant, found " + seconds + " seconds");
        }
    }

    private static BigInteger integer(Bytes in) {
        byte[] bytes = in.sized();
        if (bytes.length == 0) {
            throw in.mismatch("expected an integer, found no bytes");
        }
        return new BigInteger(bytes);
    }

    private static Object decimal(Bytes in) {
        int scale = (int) in.signed();
        return new BigDecimal(integer(in), scale);
    }

    static Function<Bytes, Object> tuple(Collection<Function<Bytes, Object>> parts) {
        List<Function<Bytes, Object>> formats = List.copyOf(parts);
        return in -> {
            List<Object> values = new ArrayList<>(formats.size());
            for (Function<Bytes, Object> format : formats) {
                Bytes part = new Bytes(in.tuplePart());
                values.add(format.apply(part));
                if (part.remaining() > 0) {
                    throw part.mismatch("expected the end of a part");
                }
            }
            return Collections.unmodifiableList(values);
        };
    }

    static Function<Bytes, Object> record(Map<String, Function<Bytes, Object>> components) {
        Map<String, Function<Bytes, Object>> formats = new LinkedHashMap<>(components);
        return in -> {
            int stored = in.count();
            if (stored > formats.size()) {
                throw in.mismatch("expected at most " + formats.size() + " components, found " + stored);
            }
            byte[] nulls = in.take((stored + Byte.SIZE - 1) / Byte.SIZE);
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            for (Map.Entry<String, Function<Bytes, Object>> component : formats.entrySet()) {
                int i = values.size();
                boolean isNull = i >= stored || (nulls[i / Byte.SIZE] & 1 << i % Byte.SIZE) != 0;
                values.put(
                        component.getKey(), isNull ? null : component.getValue().apply(in));
            }
            return Collections.unmodifiableMap(values);
        };
    }

    static Function<Bytes, Object> optional(Function<Bytes, Object> element) {
        return in -> in.bool() ? Optional.of(element.apply(in)) : Optional.empty();
    }

    static Function<Bytes, Object> list(Function<Bytes, Object> element) {
        return in -> {
            int count = in.count();
            List<Object> values = new ArrayList<>(Math.min(count, 1024));
            for (int i = 0; i < count; i++) {
                values.add(element.apply(in));
            }
            return Collections.unmodifiableList(values);
        };
    }

    static Function<Bytes, Object> map(Function<Bytes, Object> key, Function<Bytes, Object> value) {
        return in -> {
            int count = in.count();
            Map<Object, Object> values = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                values.put(key.apply(in), value.apply(in));
            }
            return Collections.unmodifiableMap(values);
        };
    }
}
