/** Tests of the recorder and the checker; the checker is compared with an oracle that tries all orders. */
@NullMarked
package io.metastore.test.history;

import org.jspecify.annotations.NullMarked;
