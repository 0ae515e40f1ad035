package io.metastore.api;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of encoded keys. The arrays are not copied: neither side may change them afterwards.
 *
 * @param from first key, inclusive; empty for the beginning
 * @param to end, exclusive; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // A carrier between codec and store; compared nowhere.
public record ByteRange(byte[] from, byte @Nullable [] to) {

    /** The smallest array that is greater than every array with this prefix; null when there is none. */
    public static byte @Nullable [] afterPrefix(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] end = Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return null;
    }

    /** The smallest array that is greater than this one. */
    public static byte[] after(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }
}
