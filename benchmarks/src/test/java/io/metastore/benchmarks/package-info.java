/** Tests of the harness and of its drivers. */
@NullMarked
package io.metastore.benchmarks;

import org.jspecify.annotations.NullMarked;
