/**
 * The state and the files around it; no types of its own. Sub-packages: {@code journal} what is written into the journal and its bytes, {@code state} the
 * state that journal entries are applied to, {@code files} everything we write beside them, {@code image} the whole state at one position, {@code internal.rocksdb} the only user of RocksDB, {@code
 * internal.wire} the protobuf wire format.
 *
 * <p>For other modules of this project; not API for applications. Must not depend on Raft engines, transports or the node; each sub-package states
 * its own threads.
 */
@NullMarked
package io.metastore.snapshot;

import org.jspecify.annotations.NullMarked;
