/**
 * What is left after a loss, and what may be concluded from it. Entry types: {@link io.metastore.recovery.JournalScanner} reads the journal of a member's
 * directory, {@link io.metastore.recovery.Diagnosis} compares copies and says what may be missing.
 *
 * <p>Changes no file, takes no lock, needs no running member. No threads, clocks or sockets; records, and functions callable from any thread. No type of
 * Ratis is used: its files are read by what their bytes mean.
 */
@NullMarked
package io.metastore.recovery;

import org.jspecify.annotations.NullMarked;
