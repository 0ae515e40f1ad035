@NullMarked
package io.metastore.benchmarks.recovery;

import org.jspecify.annotations.NullMarked;
