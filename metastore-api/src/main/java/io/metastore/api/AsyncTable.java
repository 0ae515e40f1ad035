package io.metastore.api;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * {@link Table} without waiting. Futures complete on a callback thread of the store, fail with the exceptions of the blocking calls, and
 * obey the same deadlines. Callbacks run one after the other, so do not block in them: of calls whose callbacks have not run, only so many
 * are accepted as may wait anyway, and then {@link OverloadedException} says so. Blocking calls to the store from such a callback throw {@link ForbiddenThreadException}; continue with {@code
 * thenCompose} or on a thread of your own.
 *
 * <p>Methods mean what those of {@link Table} with the same names mean; reads are linearizable unless {@link #reading} says otherwise. They never block; a key or value that is
 * refused fails the future. Cancelling a future does not take back the write.
 *
 * @param <K> key type
 * @param <V> value type
 */
public interface AsyncTable<K, V> {

    /** The same table, with another mode for its reads. */
    AsyncTable<K, V> reading(ReadMode mode);

    CompletableFuture<Optional<V>> get(K key);

    CompletableFuture<Optional<Entry<K, V>>> getEntry(K key);

    CompletableFuture<Boolean> contains(K key);

    CompletableFuture<Revision> put(K key, V value);

    CompletableFuture<CasResult> putIfAbsent(K key, V value);

    CompletableFuture<CasResult> replace(K key, long version, V value);

    CompletableFuture<Removed> remove(K key);

    CompletableFuture<CasResult> remove(K key, long version);

    CompletableFuture<Removed> removeRange(Range<K> range);

    CompletableFuture<Page<K, V>> scan(Range<K> range);

    CompletableFuture<Long> count(Range<K> range);
}
