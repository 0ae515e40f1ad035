/** What can be done to the files of a member that does not run. For recovery. */
@NullMarked
package io.metastore.raft.offline;

import org.jspecify.annotations.NullMarked;
