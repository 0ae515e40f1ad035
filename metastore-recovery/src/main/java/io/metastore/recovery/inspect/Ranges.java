package io.metastore.recovery.inspect;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Ranges of keys: written, and compared. */
final class Ranges {

    private Ranges() {}

    /** As {@code [from .. to)}. */
    static String text(InspectedValue from, @Nullable InspectedValue to) {
        return "[" + (from.bytes().length == 0 ? "" : from) + " .. " + (to == null ? "" : to) + ")";
    }

    /** Whether a key is in a range; null for no end. */
    static boolean contains(byte[] from, byte @Nullable [] to, byte[] key) {
        return Arrays.compareUnsigned(from, key) <= 0 && isBefore(key, to);
    }

    /** Whether two ranges have room for a common key. */
    static boolean overlap(byte[] from, byte @Nullable [] to, byte[] otherFrom, byte @Nullable [] otherTo) {
        return isBefore(from, otherTo) && isBefore(otherFrom, to);
    }

    private static boolean isBefore(byte[] key, byte @Nullable [] end) {
        return end == null || Arrays.compareUnsigned(key, end) < 0;
    }
}
