/**
 * The command line: {@link io.metastore.benchmarks.command.Benchmarks} goes through the cells of a session, and starts a
 * JVM for each ({@link io.metastore.benchmarks.command.CellCommand}) so that no system inherits the compiled code, heap or
 * threads of another.
 */
@NullMarked
package io.metastore.benchmarks.command;

import org.jspecify.annotations.NullMarked;
