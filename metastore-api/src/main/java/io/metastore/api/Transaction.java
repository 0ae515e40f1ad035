package io.metastore.api;

/**
 * What the body of {@link MetaStore#update} and {@link MetaStore#compute} works with: a consistent state over all tables, and writes that
 * are committed together or not at all.
 *
 * <p>The body runs on the calling thread and may run more than once, each time on a newer state: it must have no side effects of its own,
 * and must not call the store it runs in, which throws {@link ForbiddenThreadException}. It commits only when nothing it read has changed
 * meanwhile, ranges included. An exception that leaves the body reaches the caller as it is, and nothing is written. Used by one thread,
 * valid until the body returns.
 */
public interface Transaction {

    /**
     * A table in this transaction. A new one is registered in the cluster at once, whatever becomes of the transaction.
     *
     * @throws IncompatibleTableException the cluster knows it with other codecs or in a newer version
     */
    <K, V> TransactionTable<K, V> in(TableDef<K, V> table);

    /**
     * The committed state that reads are of, besides the transaction's own writes; no older each time the body runs. The first time it may be
     * older than the newest; a commit checks what was read, not this.
     */
    Revision revision();

    /**
     * Gives up: nothing is committed and the caller of the store gets the returned exception. Written {@code throw tx.abort("no such
     * database")}.
     */
    TransactionAbortedException abort(String reason);

    /**
     * Runs once, on the calling thread, after the transaction was committed, before the call returns; not when it was not committed or its
     * outcome is unknown. Several run in the order given. An exception of the action reaches the caller, and the transaction stays
     * committed.
     */
    void afterCommit(Runnable action);
}
