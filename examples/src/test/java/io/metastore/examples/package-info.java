/** The examples are run, not only compiled, and what they leave in the store is compared with the JDK's own reflection. */
@NullMarked
package io.metastore.examples;

import org.jspecify.annotations.NullMarked;
