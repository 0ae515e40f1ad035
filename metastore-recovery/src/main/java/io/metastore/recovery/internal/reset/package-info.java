/** Gives the directory of a stopped member another epoch. */
@NullMarked
package io.metastore.recovery.internal.reset;

import org.jspecify.annotations.NullMarked;
