/**
 * Berkeley DB Java Edition with high availability, the journal of Doris' frontends. Entry type: {@link io.metastore.benchmarks.je.JeDriver}; called on the
 * threads of the workload. Must not depend on another driver.
 */
@NullMarked
package io.metastore.benchmarks.je;

import org.jspecify.annotations.NullMarked;
