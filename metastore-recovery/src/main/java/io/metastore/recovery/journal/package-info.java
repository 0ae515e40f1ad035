/**
 * What the files of a journal hold, as records. Entry type: {@link io.metastore.recovery.journal.JournalScan}.
 *
 * <p>Values only, callable from any thread; knows neither files nor their format.
 */
@NullMarked
package io.metastore.recovery.journal;

import org.jspecify.annotations.NullMarked;
