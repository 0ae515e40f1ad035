package io.metastore.api.internal.codec;

import org.jspecify.annotations.Nullable;

/** How values of one type stand inside a record. Every value takes at least one byte; none is null. */
interface Format {

    /** As in {@link io.metastore.api.Codec#id()}. */
    String id();

    void write(Object value, Output out);

    Object read(Input in);

    /** What a record stored before this component was appended holds in it. */
    @Nullable
    Object absent();
}
