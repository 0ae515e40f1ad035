/**
 * What is left after a loss, and what may be concluded from it. Entry type: {@link io.metastore.recovery.Recovery} surveys directories, images and exported
 * files; {@link io.metastore.recovery.Survey#diagnose} compares the copies and says what may be missing. {@link io.metastore.recovery.JournalScanner} reads
 * one journal.
 *
 * <p>A survey changes no file of a copy, takes no lock, and needs no running member; {@link io.metastore.recovery.Survey#save} writes the one file it is told to.
 * No threads, clocks or sockets; records, and functions callable from any thread. No type of Ratis is used: its files are read by what their bytes mean.
 */
@NullMarked
package io.metastore.recovery;

import org.jspecify.annotations.NullMarked;
