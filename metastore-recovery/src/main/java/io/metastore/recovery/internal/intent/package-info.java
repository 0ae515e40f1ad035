/**
 * A recovery that is written down beside the data, to be carried out when a member is opened there next: once. Entry types: {@link
 * io.metastore.recovery.internal.intent.IntentFile} and {@link io.metastore.recovery.internal.intent.IntentAtOpen}. For one thread.
 */
@NullMarked
package io.metastore.recovery.internal.intent;

import org.jspecify.annotations.NullMarked;
