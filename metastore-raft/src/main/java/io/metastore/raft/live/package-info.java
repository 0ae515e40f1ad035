/** Members of stores that are open in this process, for whoever recovers them. */
@NullMarked
package io.metastore.raft.live;

import org.jspecify.annotations.NullMarked;
