/** Changes who is in the cluster: what is recorded of it, who carries it out, who lets new members in. */
@NullMarked
package io.metastore.raft.internal.cluster;

import org.jspecify.annotations.NullMarked;
