@NullMarked
package io.metastore.benchmarks.metastore;

import org.jspecify.annotations.NullMarked;
