/**
 * Who is in a cluster and how that changes: ids of members, operations and their next steps, what forbids a step. Plain values and rules, no threads,
 * clocks or sockets.
 */
@NullMarked
package io.metastore.raft.internal.members;

import org.jspecify.annotations.NullMarked;
