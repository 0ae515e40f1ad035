/**
 * What one copy of a member's data was found to hold, as records. Entry type: {@link io.metastore.recovery.survey.CopyContents}.
 *
 * <p>Values only, callable from any thread; nothing here opens a file.
 */
@NullMarked
package io.metastore.recovery.survey;

import org.jspecify.annotations.NullMarked;
