/** How long a recovery takes; entry type {@link io.metastore.benchmarks.recovery.RecoveryTimes}, which is a command. Single-threaded but for the callers it starts. */
@NullMarked
package io.metastore.benchmarks.recovery;

import org.jspecify.annotations.NullMarked;
