/**
 * The only place that knows RocksDB: byte keys and values in four families, written in atomic batches, read through cursors and snapshots. What it writes itself goes through {@link io.metastore.snapshot.files.FileLayer}. Entry type:
 * {@link io.metastore.snapshot.internal.rocksdb.RocksStore}. Nothing here knows what the bytes mean; must not depend on the packages above.
 *
 * <p>Threads: one writes, any read, flush or close. Native memory is the danger of this package: using a RocksDB object after it was freed ends the JVM.
 * So every native call is made inside a {@link io.metastore.snapshot.internal.rocksdb.Gate} or under a cursor's lock, and closing waits for those before
 * it frees anything.
 */
@NullMarked
package io.metastore.snapshot.internal.rocksdb;

import org.jspecify.annotations.NullMarked;
