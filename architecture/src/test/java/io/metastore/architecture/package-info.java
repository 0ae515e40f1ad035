/** The rules of the modules and packages, as tests. */
@NullMarked
package io.metastore.architecture;

import org.jspecify.annotations.NullMarked;
