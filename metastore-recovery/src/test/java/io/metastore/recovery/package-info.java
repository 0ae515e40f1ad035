@NullMarked
package io.metastore.recovery;

import org.jspecify.annotations.NullMarked;
