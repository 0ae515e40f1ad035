/**
 * The command {@code metastore}. Entry type: {@link io.metastore.cli.Main}. Prints tables and texts for people and, with {@code --json}, one JSON object a line
 * for programs; ends with the codes of {@link io.metastore.cli.ExitCodes}. One thread.
 */
@NullMarked
package io.metastore.cli;

import org.jspecify.annotations.NullMarked;
