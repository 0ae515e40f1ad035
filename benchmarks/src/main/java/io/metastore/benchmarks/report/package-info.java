/**
 * What is made of the measurements: lines of JSON ({@link io.metastore.benchmarks.report.JsonLines}) and one table
 * ({@link io.metastore.benchmarks.report.ResultTable}). Not for use by more than one thread.
 */
@NullMarked
package io.metastore.benchmarks.report;

import org.jspecify.annotations.NullMarked;
