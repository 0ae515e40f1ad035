package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and makes records of one class through method handles that were found once. */
final class RecordHandle {

    private final Class<?> type;
    private final List<RecordComponent> components;
    private final MethodHandle[] accessors;
    private final MethodHandle constructor;

    private RecordHandle(
            Class<?> type, List<RecordComponent> components, MethodHandle[] accessors, MethodHandle constructor) {
        this.type = type;
        this.components = components;
        this.accessors = accessors;
        this.constructor = constructor;
    }

    static RecordHandle of(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw new IllegalArgumentException("not a record: class=" + type.getName());
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        MethodHandle[] accessors = new MethodHandle[components.length];
        MethodHandles.Lookup lookup = Access.lookup(type);
        try {
            for (int i = 0; i < components.length; i++) {
                // Found by name rather than through the reflected accessor: that one needs the class itself to be
                // public.
                accessors[i] = lookup.findVirtual(type, components[i].getName(), MethodType.methodType(types[i]))
                        .asType(MethodType.methodType(Object.class, Object.class));
            }
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types))
                    .asSpreader(Object[].class, types.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new RecordHandle(type, List.of(components), accessors, constructor);
        } catch (IllegalAccessException e) {
            throw Access.refused(type, e);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException("record without its own accessors: class=" + type.getName(), e);
        }
    }

    Class<?> type() {
        return type;
    }

    List<RecordComponent> components() {
        return components;
    }

    /** {@code Database.owner}: for messages. */
    String nameOf(int component) {
        return type.getSimpleName() + "." + components.get(component).getName();
    }

    @Nullable
    Object read(Object record, int component) {
        try {
            return (Object) accessors[component].invokeExact(record);
        } catch (Error | CodecException e) {
            throw e;
        } catch (Throwable e) { // Whatever the application's accessor throws.
            throw new CodecException(
                    "accessor of the record failed: component=" + nameOf(component) + " class=" + type.getName(), e);
        }
    }

    Object create(@Nullable Object[] values) {
        try {
            return (Object) constructor.invokeExact(values);
        } catch (Error | CodecException e) {
            throw e;
        } catch (Throwable e) { // Whatever the application's constructor throws.
            throw new CodecException("constructor of the record refused decoded values: class=" + type.getName(), e);
        }
    }
}
