/** Tests of the fixtures and of what looks at the clock; what tests of the store as a whole use too. */
@NullMarked
package io.metastore.test;

import org.jspecify.annotations.NullMarked;
