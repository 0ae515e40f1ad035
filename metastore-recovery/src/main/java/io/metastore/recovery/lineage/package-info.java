/**
 * How the epochs of a cluster began and what each left behind, for people and programs, from the directories of members. Entry type: {@link
 * io.metastore.recovery.lineage.EpochLineage}.
 *
 * <p>Reading changes nothing, takes no lock and needs no running member. The records are immutable, callable from any thread. Must not depend on Ratis, RocksDB or
 * protobuf.
 */
@NullMarked
package io.metastore.recovery.lineage;

import org.jspecify.annotations.NullMarked;
