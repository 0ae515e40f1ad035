/**
 * Reads the parts of a copy. Each reader says what it found and adds what is not as it should be to a list of findings; none fails by what the files hold, and
 * none changes a file ({@link io.metastore.recovery.internal.survey.ReadingLayer}).
 *
 * <p>Functions, callable from any thread; they block on the disk. Must not depend on Ratis or RocksDB.
 */
@NullMarked
package io.metastore.recovery.internal.survey;

import org.jspecify.annotations.NullMarked;
