package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the formats of collections share. */
final class Elements {

    /** The bytes of a set's element or a map's key, and what belongs to it. */
    @SuppressWarnings("ArrayRecordComponent") // A carrier while sorting; compared nowhere.
    record Encoded(byte[] bytes, Object value) {}

    private static final Comparator<Encoded> BY_BYTES = (a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes());

    private Elements() {}

    static Object required(@Nullable Object element, Output out) {
        if (element == null) {
            throw new CodecException(
                    "null in a collection: component=" + out.component() + "; use Optional elements or leave it out");
        }
        return element;
    }

    /** A damaged count must not allocate more than the bytes behind it justify; beyond this, collections grow as they are read. */
    static int capacity(int count) {
        return Math.min(count, 1024);
    }

    static byte[] encode(Format format, Object element, Output around) {
        Output out = new Output();
        out.at(around.component());
        format.write(element, out);
        return out.toByteArray();
    }

    static void sort(List<Encoded> elements, Output out) {
        elements.sort(BY_BYTES);
        for (int i = 1; i < elements.size(); i++) {
            if (BY_BYTES.compare(elements.get(i - 1), elements.get(i)) == 0) {
                throw new CodecException("two elements of a set, or keys of a map, have the same bytes: component="
                        + out.component() + "; they must be equal exactly when their components are");
            }
        }
    }
}
