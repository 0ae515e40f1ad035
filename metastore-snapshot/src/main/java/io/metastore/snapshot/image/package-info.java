/**
 * Images: the whole state at one position of the journal, immutable, proven loadable before it is published. Entry type: {@link
 * io.metastore.snapshot.image.ImageStore}.
 *
 * <p>Knows files and the state, nothing of Raft or the network. Threads: see the types; an image store is used by one maker and one receiver at a time
 * and read by anybody. Must not depend on RocksDB directly.
 */
@NullMarked
package io.metastore.snapshot.image;

import org.jspecify.annotations.NullMarked;
