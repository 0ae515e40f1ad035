package io.metastore.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store without waiting. Puts, batches and commands hold no thread while they wait; reads and transaction bodies run on a bounded pool of
 * the store. See {@link AsyncTable} for where futures complete.
 *
 * <p>Methods mean what those of {@link MetaStore} with the same names mean; {@code afterCommit} actions run on that pool too. Callable from
 * any thread; none of them blocks.
 */
public interface AsyncMetaStore {

    /** A table; registered in the cluster by its first use. */
    <K, V> AsyncTable<K, V> table(TableDef<K, V> table);

    CompletableFuture<Revision> update(Consumer<Transaction> body);

    <R extends @Nullable Object> CompletableFuture<Committed<R>> compute(Function<Transaction, R> body);

    CompletableFuture<BatchResult> apply(Batch batch);

    <C, R> CompletableFuture<R> execute(CommandType<C, R> type, C argument);

    /** As {@link MetaStore#executeCommitted}. */
    <C, R> CompletableFuture<Committed<R>> executeCommitted(CommandType<C, R> type, C argument);

    /**
     * A sequence of numbers, the one of {@link MetaStore#ids} with the same name.
     *
     * @throws IllegalArgumentException the name is none
     */
    AsyncIds ids(String sequence);

    /** Completes when this member has applied the revision; takes up a thread of the pool until then. */
    CompletableFuture<@Nullable Void> awaitRevision(Revision revision, Duration timeout);

    <R extends @Nullable Object> CompletableFuture<R> read(ReadMode mode, Function<Snapshot, R> reader);
}
