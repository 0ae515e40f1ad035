/**
 * The protobuf wire format, written and read by hand: what {@code journal} and {@code image} share. Entry types: {@link
 * io.metastore.snapshot.internal.wire.Wire} for what is encoded a million times, {@link io.metastore.snapshot.internal.wire.MessageWriter} and {@link
 * io.metastore.snapshot.internal.wire.MessageReader} for what is small and read strictly.
 *
 * <p>Knows no message. Threads: functions, and objects of one thread.
 */
@NullMarked
package io.metastore.snapshot.internal.wire;

import org.jspecify.annotations.NullMarked;
