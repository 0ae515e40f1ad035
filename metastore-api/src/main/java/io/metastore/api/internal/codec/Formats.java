package io.metastore.api.internal.codec;

import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the formats of a record's components, once per class. */
final class Formats {

    private static final String SUPPORTED =
            "primitives and their boxes, String, byte[], UUID, Instant, Duration, BigInteger, BigDecimal, enums, records,"
                    + " and Optional<T>, List<T>, Set<T>, Map<K, V> of these";

    /** The records around the one being looked at, outermost first. */
    private final Deque<Class<?>> path = new ArrayDeque<>();

    private Formats() {}

    static Format ofRecord(Class<?> type) {
        return new Formats().record(type);
    }

    private Format record(Class<?> type) {
        if (path.contains(type)) {
            throw new IllegalArgumentException("record contains its own type: "
                    + path.stream().map(Class::getName).collect(Collectors.joining(" -> ")) + " -> " + type.getName()
                    + "; refer to other values by their key, or write a Codec of your own");
        }
        RecordHandle handle = RecordHandle.of(type);
        path.addLast(type);
        List<Format> formats = new ArrayList<>();
        for (RecordComponent component : handle.components()) {
            formats.add(format(component.getGenericType(), component, false));
        }
        path.removeLast();
        return new RecordFormat(handle, formats);
    }

    private Format format(Type type, RecordComponent component, boolean unique) {
        if (type instanceof Class<?> plain) {
            Format scalar = ScalarFormat.of(plain);
            if (scalar != null && !(unique && plain == byte[].class)) {
                return scalar;
            }
            if (plain.isEnum()) {
                return new EnumFormat(plain);
            }
            if (plain.isRecord()) {
                return record(plain);
            }
        }
        if (type instanceof ParameterizedType generic) {
            Type raw = generic.getRawType();
            Type[] arguments = generic.getActualTypeArguments();
            if (raw == Optional.class) {
                return new OptionalFormat(element(arguments[0], component, unique));
            }
            if (raw == List.class) {
                return new ListFormat(element(arguments[0], component, unique));
            }
            if (raw == Set.class) {
                return new SetFormat(element(arguments[0], component, true));
            }
            if (raw == Map.class) {
                return new MapFormat(element(arguments[0], component, true), element(arguments[1], component, unique));
            }
        }
        throw new IllegalArgumentException("unsupported component type: record="
                + component.getDeclaringRecord().getName() + " component=" + component.getName() + " type="
                + type.getTypeName() + (unique ? " (in a set or a map's key, which needs equality)" : "")
                + "; supported are " + SUPPORTED);
    }

    /** As {@link #format}, but never null: a box is as good as its primitive. */
    private Format element(Type type, RecordComponent component, boolean unique) {
        Type never = type instanceof Class<?> plain
                ? MethodType.methodType(plain).unwrap().returnType()
                : type;
        return format(never, component, unique);
    }
}
