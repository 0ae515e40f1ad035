@NullMarked
package io.metastore.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
