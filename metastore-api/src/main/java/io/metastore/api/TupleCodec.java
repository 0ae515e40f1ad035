package io.metastore.api;

/**
 * A key made of parts, ordered by the first part, then by the second, and so on. Made by {@link Codecs#tuple(Class, KeyCodec...)}.
 *
 * <p>{@link Range#prefix} of a tuple fixes every part but the last and takes the last one as a prefix: for a tuple of tenant and name,
 * {@code Range.prefix(new Key("acme", "sa"))} are the names of tenant {@code acme} that begin with {@code sa}. Leading parts alone are
 * selected with {@link #startingWith}.
 *
 * @param <R> the application's key type
 */
public interface TupleCodec<R> extends KeyCodec<R> {

    /**
     * The range of all keys with these leading parts. No parts select every key, all parts exactly one.
     *
     * @param leading whole values, in the order of the key's parts; none may be null
     * @throws IllegalArgumentException there are more values than parts, or one is not of its part's type
     * @throws CodecException a value cannot be encoded
     */
    Range<R> startingWith(Object... leading);
}
