package io.metastore.api;

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

    <R extends @Nullable Object> CompletableFuture<R> read(ReadMode mode, Function<Snapshot, R> reader);
}
