/**
 * Members of other processes, for a recovery that is carried out here or there. Entry types: {@link io.metastore.raft.remote.RemoteMember} for who asks, {@link
 * io.metastore.raft.remote.RecoveryAtMember} for who answers.
 */
@NullMarked
package io.metastore.raft.remote;

import org.jspecify.annotations.NullMarked;
