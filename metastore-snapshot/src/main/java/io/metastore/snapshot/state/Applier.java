package io.metastore.snapshot.state;

import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalEntry;
import io.metastore.snapshot.journal.TransactionResult;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies entries, one after the other. Owned by the apply thread.
 *
 * <p>An entry is first interpreted without touching anything, then written in one batch, and only then does the memory follow: whatever goes wrong
 * on the way, the state is the one before the entry. After a failed write nothing more is applied.
 */
final class Applier {

    /**
     * What readers are to see after an entry.
     *
     * @param sequence of RocksDB after the entry's write; finds what belongs to a snapshot
     */
    record Published(long sequence, AppliedState state, TableRegistry registry) {}

    private final RocksStore store;
    private final CommandRuntime commands;
    private final FeedWindow.Retention retention;
    private final RocksRecords records;
    private final RecordCache cache;
    private final Sessions sessions;
    private final StateWriter writer = new StateWriter();
    private final Fingerprint fingerprint = new Fingerprint();
    private final RecentStates history = new RecentStates();
    private FeedWindow feed;
    /** Written by the apply thread right after each write. */
    private volatile Published published;

    private @Nullable Throwable failure;

    Applier(
            RocksStore store,
            CommandRuntime commands,
            FeedWindow.Retention retention,
            LoadedState loaded,
            RecordCache cache) {
        this.store = store;
        this.cache = cache;
        this.commands = commands;
        this.retention = retention;
        this.records = new RocksRecords(store);
        this.sessions = loaded.sessions();
        this.feed = loaded.feed();
        this.published = new Published(store.sequence(), loaded.state(), loaded.registry());
        this.history.add(published);
    }

    Published published() {
        return published;
    }

    /** See {@link RecentStates#record}. */
    RecentStates.Recording record() {
        return history.record();
    }

    /**
     * See {@link MetaState#view}. Any thread.
     *
     * @param closed run once when the view is closed
     */
    StateView view(Runnable closed) {
        RocksView view = store.view();
        try {
            return new StateView(view, history.find(view.sequence()), closed);
        } catch (RuntimeException | Error e) {
            view.close();
            throw e;
        }
    }

    /** See {@link MetaState#skip}. */
    void skip(LogPosition position) {
        requireNext(position);
        writer.buffer().clear();
        writeAlone(published.state().at(position));
    }

    /** See {@link MetaState#apply}. */
    BatchOutcome apply(LogPosition position, ByteBuffer bytes) {
        requireNext(position);
        JournalEntry entry = JournalCodec.decodeEntry(bytes);
        JournalBatch batch = entry.batch();
        AppliedState before = published.state();
        long time = Math.max(before.leaderTimeMillis(), entry.leaderTimeMillis());
        BatchOutcome answer = sessions.answer(batch, before.revision().epoch(), position);
        writer.clear(batch.session(), time);
        if (answer != null) {
            AppliedState after = new AppliedState(
                    position, before.revision(), before.fingerprintHigh(), before.fingerprintLow(), time);
            writeAlone(after);
            return answer;
        }
        return applyNew(position, batch, time);
    }

    private BatchOutcome applyNew(LogPosition position, JournalBatch batch, long time) {
        AppliedState before = published.state();
        long numberBefore = before.revision().number();
        fingerprint.set(before.fingerprintHigh(), before.fingerprintLow());
        Workspace work = new Workspace(
                records, writer, published.registry(), before.revision().epoch(), numberBefore, fingerprint);
        Interpreter interpreter = new Interpreter(work, commands, time, question -> sessions.resolve(batch, question));
        List<TransactionResult> results = interpreter.run(batch.transactions());

        Revision revision = before.revision();
        FeedWindow feedAfter = feed;
        if (work.revision() != numberBefore) {
            revision = new Revision(work.epoch(), work.revision(), position);
            feedAfter = writer.feed(work.revision(), feed, retention);
        }
        BatchOutcome outcome = new BatchOutcome(
                batch.session(), batch.sequence(), BatchOutcome.Status.APPLIED, work.epoch(), position, results);
        AppliedState after = new AppliedState(position, revision, fingerprint.high(), fingerprint.low(), time);
        Sessions.Plan plan = sessions.plan(batch, outcome, after, writer);
        write(after, work.registry(), () -> work.forEachWritten(this::remember));

        sessions.commit(plan);
        feed = feedAfter;
        return outcome;
    }

    private void remember(int table, byte[] key, @Nullable RecordHeader header) {
        cache.forget(key, table);
        records.written(table, key, header);
    }

    /** For an entry of which nothing else is written. */
    private void writeAlone(AppliedState after) {
        writer.applied(after);
        write(after, published.registry(), () -> {});
    }

    /** The caches hear of what was written after it was and before anybody is told. */
    private void write(AppliedState after, TableRegistry registry, Runnable remember) {
        try {
            Published next = new Published(store.write(writer.buffer()), after, registry);
            remember.run();
            history.add(next);
            published = next;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    private void requireNext(LogPosition position) {
        if (failure != null) {
            throw new StoreFailedException(
                    "state failed to write and applies nothing more: position=" + position + " applied="
                            + published.state().position() + "; reopen the store",
                    failure);
        }
        LogPosition applied = published.state().position();
        if (position.index() <= applied.index() || position.term() < applied.term()) {
            throw new IllegalArgumentException("entry is not behind what was applied: position=" + position
                    + " applied=" + applied + "; ask contains() before replaying");
        }
    }
}
