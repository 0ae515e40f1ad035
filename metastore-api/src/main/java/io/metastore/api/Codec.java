package io.metastore.api;

/**
 * Turns values into bytes and back. Implementations are stateless, callable from any thread, and deterministic: equal values give equal
 * bytes, on every member and in every build that uses the same {@link #id}. {@link Codecs} has the usual ones.
 *
 * <p>Called on the caller's thread; those of commands also where the journal is applied, so they must not wait for anything.
 *
 * @param <T> the application's type
 */
public interface Codec<T> {

    /**
     * Names the format, for example {@code utf8} or {@code record(id:int64,name:utf8)}. Kept in the replicated table registry: a table
     * cannot be opened with a codec of another id at the same version.
     */
    String id();

    /**
     * Encodes a value.
     *
     * @return a new array, which becomes the caller's
     * @throws CodecException the value cannot be represented; nothing is written then
     */
    byte[] encode(T value);

    /**
     * Decodes what {@link #encode} produced. The bytes may be damaged, or written by a newer build: an implementation answers with a value
     * or with a {@link CodecException}, and allocates in proportion to their length.
     *
     * @param bytes not changed and not kept
     * @throws CodecException the bytes are not of this format
     */
    T decode(byte[] bytes);
}
