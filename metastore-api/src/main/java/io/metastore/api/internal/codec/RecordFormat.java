package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A record inside a value.
 *
 * <pre>
 * count        varint: how many components were written
 * nulls        one bit for each of them, low bit of the first byte first, unused bits 0; set when the component is null
 * components   those that are not null, in order, each in its own format
 * </pre>
 *
 * <p>The count is what lets a record grow: what is stored has fewer components than the class, never other ones.
 */
final class RecordFormat implements Format {

    private final RecordHandle handle;
    private final Format[] formats;
    private final String[] names;
    private final String id;

    RecordFormat(RecordHandle handle, List<Format> formats) {
        this.handle = handle;
        this.formats = formats.toArray(Format[]::new);
        this.names = IntStream.range(0, formats.size()).mapToObj(handle::nameOf).toArray(String[]::new);
        this.id = IntStream.range(0, formats.size())
                .mapToObj(i -> handle.components().get(i).getName() + ":"
                        + formats.get(i).id())
                .collect(Collectors.joining(",", "record(", ")"));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void write(Object value, Output out) {
        @Nullable Object[] values = new Object[formats.length];
        byte[] nulls = new byte[nullBytes(formats.length)];
        for (int i = 0; i < formats.length; i++) {
            values[i] = handle.read(value, i);
            if (values[i] == null) {
                nulls[i / Byte.SIZE] |= (byte) (1 << i % Byte.SIZE);
            }
        }
        out.writeVarint(formats.length);
        out.writeBytes(nulls);
        for (int i = 0; i < formats.length; i++) {
            Object component = values[i];
            if (component != null) {
                out.at(names[i]);
                formats[i].write(component, out);
            }
        }
    }

    @Override
    public Object read(Input in) {
        long stored = in.readVarint();
        if (stored < 0 || stored > formats.length) {
            throw new CodecException("value has more components than the record: record="
                    + handle.type().getName() + " stored=" + Long.toUnsignedString(stored) + " known="
                    + formats.length + "; it was written by a newer build, or is damaged");
        }
        byte[] nulls = in.readBytes(nullBytes((int) stored));
        @Nullable Object[] values = new Object[formats.length];
        for (int i = 0; i < formats.length; i++) {
            if (i >= stored) {
                values[i] = formats[i].absent();
            } else if (isSet(nulls, i)) {
                requireNullable(i, in);
            } else {
                in.at(names[i]);
                values[i] = formats[i].read(in);
            }
        }
        requireUnusedClear(nulls, (int) stored, in);
        return handle.create(values);
    }

    @Override
    public @Nullable Object absent() {
        return null;
    }

    private void requireNullable(int i, Input in) {
        if (handle.components().get(i).getType().isPrimitive()) {
            in.at(names[i]);
            throw in.damaged("null for a primitive component", null);
        }
    }

    private static void requireUnusedClear(byte[] nulls, int stored, Input in) {
        for (int i = stored; i < nulls.length * Byte.SIZE; i++) {
            if (isSet(nulls, i)) {
                throw in.damaged("null bits beyond the last component " + Arrays.toString(nulls), null);
            }
        }
    }

    private static boolean isSet(byte[] bits, int i) {
        return (bits[i / Byte.SIZE] & 1 << i % Byte.SIZE) != 0;
    }

    private static int nullBytes(int components) {
        return (components + Byte.SIZE - 1) / Byte.SIZE;
    }
}
