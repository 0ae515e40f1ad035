/** Tests of the store as a whole: members in one JVM or in processes of their own, on real files. */
@NullMarked
package io.metastore.test;

import org.jspecify.annotations.NullMarked;
