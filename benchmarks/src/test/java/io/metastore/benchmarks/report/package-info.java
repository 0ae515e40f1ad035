@NullMarked
package io.metastore.benchmarks.report;

import org.jspecify.annotations.NullMarked;
