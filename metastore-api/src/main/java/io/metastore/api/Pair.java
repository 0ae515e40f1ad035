package io.metastore.api;

/**
 * Two values, as a key of two parts; see {@link Codecs#tuple(KeyCodec, KeyCodec)}. A record of the application's own says more about what
 * its parts mean: see {@link Codecs#tuple(Class, KeyCodec...)}.
 *
 * @param first ordered by this part first
 * @param second ordered by this part among keys with the same first part
 */
public record Pair<A, B>(A first, B second) {}
