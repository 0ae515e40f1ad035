@NullMarked
package io.metastore.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
