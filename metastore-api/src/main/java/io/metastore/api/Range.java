package io.metastore.api;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a table, in which direction, and at most how many of them. Immutable.
 *
 * <p>Bounds are compared as encoded keys; a range whose end is not above its beginning is empty, not an error. A bound need not be a key of
 * the table: the empty string is fine. Bounds are encoded when the range is used, so that is where a {@link CodecException} comes from.
 *
 * <p>A limit counts from the first key in the range's direction, and holds for everything that takes a range: a scan or a stream returns, a
 * count counts, and a removal removes at most so many.
 *
 * @param <K> key type of the table
 */
public final class Range<K> {

    private enum Kind {
        ALL,
        PREFIX,
        BOUNDS,
        BYTES
    }

    private final Kind kind;
    private final @Nullable K from;
    private final @Nullable K to;
    private final byte @Nullable [] fromBytes;
    private final byte @Nullable [] toBytes;
    private final int limit;
    private final boolean reversed;

    private Range(
            Kind kind,
            @Nullable K from,
            @Nullable K to,
            byte @Nullable [] fromBytes,
            byte @Nullable [] toBytes,
            int limit,
            boolean reversed) {
        this.kind = kind;
        this.from = from;
        this.to = to;
        this.fromBytes = fromBytes;
        this.toBytes = toBytes;
        this.limit = limit;
        this.reversed = reversed;
    }

    /** Every key. */
    public static <K> Range<K> all() {
        return new Range<>(Kind.ALL, null, null, null, null, 0, false);
    }

    /**
     * Every key that begins with this one: for {@code utf8} the strings that start with it, for a tuple the keys with the same parts but
     * the last and a last part that begins like this one's (see {@link TupleCodec}), for numbers and UUIDs just this key.
     */
    public static <K> Range<K> prefix(K prefix) {
        return new Range<>(Kind.PREFIX, Objects.requireNonNull(prefix, "prefix"), null, null, null, 0, false);
    }

    /** From the first key inclusive to the second exclusive. */
    public static <K> Range<K> between(K fromInclusive, K toExclusive) {
        return new Range<>(
                Kind.BOUNDS,
                Objects.requireNonNull(fromInclusive, "fromInclusive"),
                Objects.requireNonNull(toExclusive, "toExclusive"),
                null,
                null,
                0,
                false);
    }

    /** From this key on, inclusive. */
    public static <K> Range<K> atLeast(K fromInclusive) {
        return new Range<>(
                Kind.BOUNDS, Objects.requireNonNull(fromInclusive, "fromInclusive"), null, null, null, 0, false);
    }

    /** Up to this key, exclusive. */
    public static <K> Range<K> lessThan(K toExclusive) {
        return new Range<>(Kind.BOUNDS, null, Objects.requireNonNull(toExclusive, "toExclusive"), null, null, 0, false);
    }

    /** A range of encoded keys, for codecs that know more than one key, such as a tuple's leading components. */
    public static <K> Range<K> ofBytes(ByteRange bytes) {
        byte[] to = bytes.to();
        return new Range<>(Kind.BYTES, null, null, bytes.from().clone(), to == null ? null : to.clone(), 0, false);
    }

    /**
     * The same keys, at most this many of them; replaces an earlier limit.
     *
     * @param limit at least 1
     * @throws IllegalArgumentException the limit is below 1
     */
    public Range<K> limit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1: limit=" + limit);
        }
        return new Range<>(kind, from, to, fromBytes, toBytes, limit, reversed);
    }

    /** The same keys in the other direction: from the last to the first, or back again. A limit then counts from the other end. */
    public Range<K> reversed() {
        return new Range<>(kind, from, to, fromBytes, toBytes, limit, !reversed);
    }

    /** At most how many; 0 when none was given. */
    public int limit() {
        return limit;
    }

    /** Whether from the last key to the first. */
    public boolean isReversed() {
        return reversed;
    }

    /**
     * The range in encoded keys, without direction and limit.
     *
     * @throws CodecException a bound cannot be encoded
     */
    public ByteRange toBytes(KeyCodec<K> codec) {
        return switch (kind) {
            case ALL -> new ByteRange(new byte[0], null);
            case PREFIX -> {
                byte[] prefix = codec.encodePrefix(required(from));
                yield new ByteRange(prefix, ByteRange.afterPrefix(prefix));
            }
            case BOUNDS ->
                new ByteRange(from == null ? new byte[0] : codec.encode(from), to == null ? null : codec.encode(to));
            case BYTES -> new ByteRange(required(fromBytes).clone(), toBytes == null ? null : toBytes.clone());
        };
    }

    /**
     * What is left of this range after the given encoded key, in its direction and with its limit: the next page.
     *
     * @param lastKey the last key of the page before, inside this range
     */
    public Range<K> resumeAfter(byte[] lastKey, KeyCodec<K> codec) {
        ByteRange bytes = toBytes(codec);
        ByteRange rest =
                reversed ? new ByteRange(bytes.from(), lastKey) : new ByteRange(ByteRange.after(lastKey), bytes.to());
        return new Range<>(Kind.BYTES, null, null, rest.from(), rest.to(), limit, reversed);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("range without its bound");
        }
        return value;
    }

    @Override
    public String toString() {
        String keys =
                switch (kind) {
                    case ALL -> "all";
                    case PREFIX -> "prefix " + from;
                    case BOUNDS -> "[" + (from == null ? "" : from) + " .. " + (to == null ? "" : to) + ")";
                    case BYTES -> "bytes " + Arrays.toString(fromBytes) + " .. " + Arrays.toString(toBytes);
                };
        return keys + (reversed ? " reversed" : "") + (limit > 0 ? " limit " + limit : "");
    }
}
