/**
 * Puts a store together from settings: which transport, which engine, which meters. The only place that knows all of them, so that none of them has to
 * know another. Entry type: {@link io.metastore.raft.internal.assembly.StoreAssembly}; the other types are add-ons it recognises.
 *
 * <p>Runs on the thread that opens a store and keeps no state. Nothing but {@code io.metastore.raft} may depend on this package.
 */
@NullMarked
package io.metastore.raft.internal.assembly;

import org.jspecify.annotations.NullMarked;
