/**
 * Everything an application compiles against. Entry type: {@link io.metastore.api.MetaStore}.
 *
 * <p>Values go in and come out as the application's own types; keys are ordered by their encoded bytes. Every blocking call has a deadline.
 * Callable from any thread of the application unless said otherwise; user code is never run on a thread of the engine, except command
 * handlers, which run where the journal is applied and must be deterministic. Depends on the JDK and annotations only.
 */
@NullMarked
package io.metastore.api;

import org.jspecify.annotations.NullMarked;
