/**
 * The workloads W1 to W8, with W1C and W6I, and those about images, CKPT, SHIP and ARCHIVE, and how they are measured; entry type {@link io.metastore.benchmarks.workload.Cell}, which is one
 * workload on one system with one number of callers, run in this JVM.
 *
 * <p>Threads: the thread that runs a cell only waits and reads the clock; callers are threads of their own. Nothing here
 * knows a particular system, prints, or forks.
 */
@NullMarked
package io.metastore.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
