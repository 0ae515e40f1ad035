@NullMarked
package io.metastore.benchmarks.command;

import org.jspecify.annotations.NullMarked;
