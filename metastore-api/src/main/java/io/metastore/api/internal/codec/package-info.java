/**
 * Not API: how the codecs of {@link io.metastore.api.Codecs} work. Stateless after construction, callable from any thread; depends on the
 * JDK only.
 *
 * <p>Entry types: {@link io.metastore.api.internal.codec.RecordCodec} for values, {@link io.metastore.api.internal.codec.RecordTupleCodec}
 * for keys of several parts. The bytes are described at {@link io.metastore.api.internal.codec.RecordFormat} and {@link
 * io.metastore.api.internal.codec.TupleBytes}.
 */
@NullMarked
package io.metastore.api.internal.codec;

import org.jspecify.annotations.NullMarked;
