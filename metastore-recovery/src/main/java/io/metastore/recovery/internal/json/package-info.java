/**
 * JSON texts, read strictly: what is missing, of another type or not expected is refused by name. Entry type: {@link
 * io.metastore.recovery.internal.json.JsonRecord}. Alone with Gson, of which only the tree and the parser are used. Objects are for one thread.
 */
@NullMarked
package io.metastore.recovery.internal.json;

import org.jspecify.annotations.NullMarked;
