/**
 * SOFAJRaft with its default transport and log storage, and a hash map as the state machine. Entry type: {@link
 * io.metastore.benchmarks.jraft.JraftDriver}; called on the threads of the workload. Must not depend on another driver.
 */
@NullMarked
package io.metastore.benchmarks.jraft;

import org.jspecify.annotations.NullMarked;
