/**
 * What of a journal a recovery did not take over: found in the directories, which keep it; read; exported; and proposed again to the cluster that went on. Entry
 * types: {@link io.metastore.recovery.branch.Branches} and {@link io.metastore.recovery.branch.Branch}.
 *
 * <p>Reading changes nothing, takes no lock and needs no running member. The records are immutable, callable from any thread. Must not depend on Ratis, RocksDB or
 * protobuf.
 */
@NullMarked
package io.metastore.recovery.branch;

import org.jspecify.annotations.NullMarked;
