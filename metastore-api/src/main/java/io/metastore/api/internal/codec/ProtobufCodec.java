package io.metastore.api.internal.codec;

import io.metastore.api.Codec;
import io.metastore.api.CodecException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Messages of generated classes, reached by method name so that this module does not depend on protobuf. */
public final class ProtobufCodec<M> implements Codec<M> {

    private final Class<M> type;
    private final MethodHandle toByteArray;
    private final MethodHandle parseFrom;

    public ProtobufCodec(Class<M> type) {
        this.type = type;
        MethodHandles.Lookup lookup = Access.lookup(type);
        try {
            toByteArray = lookup.findVirtual(type, "toByteArray", MethodType.methodType(byte[].class))
                    .asType(MethodType.methodType(byte[].class, Object.class));
            parseFrom = lookup.findStatic(type, "parseFrom", MethodType.methodType(type, byte[].class))
                    .asType(MethodType.methodType(Object.class, byte[].class));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    "not a generated protobuf message: class=" + type.getName()
                            + "; expected 'byte[] toByteArray()' and 'static " + type.getSimpleName()
                            + " parseFrom(byte[])'",
                    e);
        } catch (IllegalAccessException e) {
            throw Access.refused(type, e);
        }
    }

    @Override
    public String id() {
        return "protobuf(" + type.getName() + ")";
    }

    @Override
    public byte[] encode(M value) {
        try {
            return (byte[]) toByteArray.invokeExact((Object) value);
        } catch (Error | NullPointerException e) {
            throw e;
        } catch (Throwable e) { // Declared by nobody, but the class is not ours.
            throw new CodecException("message could not be encoded: class=" + type.getName(), e);
        }
    }

    @Override
    public M decode(byte[] bytes) {
        try {
            return type.cast((Object) parseFrom.invokeExact(bytes));
        } catch (Error e) {
            throw e;
        } catch (Throwable e) { // InvalidProtocolBufferException, which has no name here.
            throw new CodecException(
                    "bytes are not such a message: class=" + type.getName() + " length=" + bytes.length, e);
        }
    }
}
