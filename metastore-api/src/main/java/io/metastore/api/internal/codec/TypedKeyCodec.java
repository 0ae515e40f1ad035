package io.metastore.api.internal.codec;

import io.metastore.api.KeyCodec;

/** A key codec that knows its class, so that a tuple can refuse one that does not fit before any key is encoded. */
interface TypedKeyCodec<K> extends KeyCodec<K> {

    Class<K> type();
}
