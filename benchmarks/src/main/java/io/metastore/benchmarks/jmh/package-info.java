/**
 * Microbenchmarks of single pieces, each a class of its own run by JMH on JMH's threads. Depends on the piece it measures, not on drivers or workloads.
 */
@NullMarked
package io.metastore.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
