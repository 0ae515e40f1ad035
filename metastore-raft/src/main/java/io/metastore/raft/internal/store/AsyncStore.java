package io.metastore.raft.internal.store;

import io.metastore.api.AsyncIds;
import io.metastore.api.AsyncMetaStore;
import io.metastore.api.AsyncTable;
import io.metastore.api.Batch;
import io.metastore.api.BatchResult;
import io.metastore.api.CasResult;
import io.metastore.api.CommandType;
import io.metastore.api.Committed;
import io.metastore.api.Entry;
import io.metastore.api.Page;
import io.metastore.api.Range;
import io.metastore.api.ReadMode;
import io.metastore.api.Removed;
import io.metastore.api.Revision;
import io.metastore.api.Snapshot;
import io.metastore.api.StoreClosedException;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import io.metastore.api.Transaction;
import io.metastore.raft.internal.node.Deadline;
import io.metastore.raft.internal.node.Node;
import io.metastore.raft.internal.node.Written;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The store without waiting: writes go straight into the proposer's queue, everything that has to wait runs on the node's workers. */
final class AsyncStore implements AsyncMetaStore {

    private final RaftMetaStore store;

    AsyncStore(RaftMetaStore store) {
        this.store = store;
    }

    @Override
    public <K, V> AsyncTable<K, V> table(TableDef<K, V> table) {
        return new AsyncStoreTable<>(table, ReadMode.linearizable());
    }

    @Override
    public CompletableFuture<Revision> update(Consumer<Transaction> body) {
        return working(here -> here.update(body));
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<Committed<R>> compute(Function<Transaction, R> body) {
        return working(here -> here.compute(body));
    }

    @Override
    public CompletableFuture<BatchResult> apply(Batch batch) {
        return write(writes -> writes.batch(batch), () -> store.tables().allKnown(batch));
    }

    @Override
    public <C, R> CompletableFuture<R> execute(CommandType<C, R> type, C argument) {
        return executeCommitted(type, argument).thenApply(Committed::value);
    }

    @Override
    public <C, R> CompletableFuture<Committed<R>> executeCommitted(CommandType<C, R> type, C argument) {
        return write(
                writes -> {
                    store.checkKnown(type);
                    return writes.command(type, argument);
                },
                () -> true);
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> read(ReadMode mode, Function<Snapshot, R> reader) {
        return working(here -> here.read(mode, reader));
    }

    @Override
    public AsyncIds ids(String sequence) {
        RaftMetaStore.checkSequence(sequence);
        return new AsyncStoreIds(sequence);
    }

    @Override
    public CompletableFuture<@Nullable Void> awaitRevision(Revision revision, Duration atMost) {
        try {
            Deadline deadline = Deadline.after(atMost); // Also of the wait for a worker.
            return onWorker(() -> {
                store.node().awaitRevision(revision, deadline);
                return null;
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Straight into the queue when no table has to be registered first; else on a worker, which may wait for that. */
    private <R> CompletableFuture<R> write(Function<Writes, Writes.Prepared<R>> prepare, BooleanSupplier registered) {
        try {
            Deadline deadline = store.deadline();
            store.node().checkOpen();
            if (!registered.getAsBoolean()) {
                return working(here -> here.write(prepare.apply(here.writes(deadline)), deadline));
            }
            Writes.Prepared<R> prepared = prepare.apply(store.writes(deadline));
            return store.node()
                    .writeAsync(prepared.transaction(), deadline)
                    .thenCompose(written -> store.isAhead(written)
                            ? working(here -> caughtUp(written, prepared, deadline))
                            : CompletableFuture.completedFuture(prepared.read().apply(written)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <R> R caughtUp(Written written, Writes.Prepared<R> prepared, Deadline deadline) {
        store.node().awaitIndex(written.batch().position().index(), deadline);
        return prepared.read().apply(written);
    }

    /** On a worker, with the deadline running from now. */
    private <R extends @Nullable Object> CompletableFuture<R> working(Function<RaftMetaStore, R> call) {
        try {
            Deadline deadline = store.deadline();
            return onWorker(() -> call.apply(store.until(deadline)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <R extends @Nullable Object> CompletableFuture<R> onWorker(Supplier<R> call) {
        Node node = store.node();
        while (true) {
            try {
                return node.onWorker(call);
            } catch (StoreClosedException e) {
                node = store.current().after(node, e);
            }
        }
    }

    private final class AsyncStoreTable<K, V> implements AsyncTable<K, V> {

        private final TableDef<K, V> table;
        private final ReadMode mode;

        AsyncStoreTable(TableDef<K, V> table, ReadMode mode) {
            this.table = table;
            this.mode = mode;
        }

        @Override
        public AsyncTable<K, V> reading(ReadMode other) {
            return new AsyncStoreTable<>(table, other);
        }

        private <R> CompletableFuture<R> reading(Function<Table<K, V>, R> call) {
            return working(here -> call.apply(here.table(table).reading(mode)));
        }

        private <R> CompletableFuture<R> writing(Function<Writes, Writes.Prepared<R>> prepare) {
            return write(prepare, () -> store.tables().isKnown(table));
        }

        @Override
        public CompletableFuture<Optional<V>> get(K key) {
            return reading(here -> here.get(key));
        }

        @Override
        public CompletableFuture<Optional<Entry<K, V>>> getEntry(K key) {
            return reading(here -> here.getEntry(key));
        }

        @Override
        public CompletableFuture<Boolean> contains(K key) {
            return reading(here -> here.contains(key));
        }

        @Override
        public CompletableFuture<Revision> put(K key, V value) {
            return writing(writes -> writes.put(table, key, value));
        }

        @Override
        public CompletableFuture<CasResult> putIfAbsent(K key, V value) {
            return writing(writes -> writes.putIfAbsent(table, key, value));
        }

        @Override
        public CompletableFuture<CasResult> replace(K key, long version, V value) {
            return writing(writes -> writes.replace(table, key, version, value));
        }

        @Override
        public CompletableFuture<Removed> remove(K key) {
            return writing(writes -> writes.remove(table, key));
        }

        @Override
        public CompletableFuture<CasResult> remove(K key, long version) {
            return writing(writes -> writes.remove(table, key, version));
        }

        @Override
        public CompletableFuture<Removed> removeRange(Range<K> range) {
            return writing(writes -> writes.removeRange(table, range));
        }

        @Override
        public CompletableFuture<Page<K, V>> scan(Range<K> range) {
            return reading(here -> here.scan(range));
        }

        @Override
        public CompletableFuture<Long> count(Range<K> range) {
            return reading(here -> here.count(range));
        }
    }

    private final class AsyncStoreIds implements AsyncIds {

        private final String sequence;

        AsyncStoreIds(String sequence) {
            this.sequence = sequence;
        }

        @Override
        public CompletableFuture<Long> next() {
            return nextBlock(1);
        }

        @Override
        public CompletableFuture<Long> nextBlock(int count) {
            return nextBlockCommitted(count).thenApply(Committed::value);
        }

        @Override
        public CompletableFuture<Committed<Long>> nextBlockCommitted(int count) {
            return write(
                    writes -> {
                        RaftMetaStore.checkCount(count);
                        return writes.ids(sequence, count);
                    },
                    () -> true);
        }
    }
}
