/**
 * The bytes of the journal's files, read only. Entry type: {@link io.metastore.recovery.internal.journal.SegmentReader}. Used by one thread; must not depend
 * on Ratis.
 */
@NullMarked
package io.metastore.recovery.internal.journal;

import org.jspecify.annotations.NullMarked;
