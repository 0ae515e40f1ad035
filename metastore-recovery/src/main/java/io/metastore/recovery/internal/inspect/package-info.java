/**
 * Bytes of tables decoded by the ids of their codecs, without the application's classes ({@link io.metastore.recovery.internal.inspect.Format}), values written
 * for people ({@link io.metastore.recovery.internal.inspect.Rendering}), and where things are in directories ({@link
 * io.metastore.recovery.internal.inspect.EpochFiles}). Plain functions, callable from any thread. Must not depend on the journal.
 */
@NullMarked
package io.metastore.recovery.internal.inspect;

import org.jspecify.annotations.NullMarked;
