package io.metastore.api;

import org.jspecify.annotations.Nullable;

/**
 * The result of a committed transaction.
 *
 * @param value what the transaction's body returned the one time that its changes were committed; may be null
 * @param revision the state it made; for a transaction that changed nothing, the state it read
 */
public record Committed<R extends @Nullable Object>(R value, Revision revision) {}
