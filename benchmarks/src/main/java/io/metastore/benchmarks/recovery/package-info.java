/**
 * How long a recovery takes, and the survey before it; entry types {@link io.metastore.benchmarks.recovery.RecoveryTimes} and {@link
 * io.metastore.benchmarks.recovery.SurveyTimes}, which are commands. Single-threaded but for the callers they start.
 */
@NullMarked
package io.metastore.benchmarks.recovery;

import org.jspecify.annotations.NullMarked;
