package io.metastore.api;

/**
 * A codec whose bytes, compared as unsigned numbers from the left, have the order of the keys. Ranges and scans follow that order.
 * Different keys have different bytes, and no key of a table may have none: the store refuses empty keys with {@link
 * LimitExceededException}.
 *
 * @param <K> the application's key type
 */
public interface KeyCodec<K> extends Codec<K> {

    /**
     * The bytes that every key beginning with this one begins with; what {@link Range#prefix} selects by. The encoded key itself unless a
     * codec says otherwise: codecs of fixed length then select just this key, {@link TupleCodec} says what it does. May be empty.
     */
    default byte[] encodePrefix(K key) {
        return encode(key);
    }
}
