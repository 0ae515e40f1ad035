package io.metastore.snapshot.state;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalTransaction.Resolve;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.journal.TransactionResult.Answer;
import io.metastore.snapshot.journal.TransactionResult.Resolved;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches take effect exactly once: which batches of which proposers were applied, and with what results.
 *
 * <p>Each applied batch has a record under its session and sequence, which also says from where on batches of the session are remembered: its
 * floor. Records up to the floor count as gone; they are deleted in ranges, some at a time. Everything that decides is in the records of the
 * session's window; what is in memory is rebuilt from them, and is the same on every member because nothing but the journal is looked at.
 *
 * <p>Owned by the apply thread. {@link #plan} computes, {@link #commit} follows when the writes are in the state.
 */
final class Sessions {

    /** Batches are remembered while their sequence is less than this below the session's last. */
    static final int WINDOW = 256;
    /** Transactions whose results are remembered per session; the last batch always is. */
    static final int TRANSACTIONS_MAX = 4_096;
    /** Sessions; the one that was longest without a new batch goes. */
    static final int SESSIONS_MAX = 1_024;

    /** Records that count as gone and are still there; then they are deleted. */
    private static final int GONE_MAX = 64;

    private static final int APPLIED_AT = 8 + 8 + 8 + 4;
    private static final int PREFIX_BYTES = APPLIED_AT + SystemRecords.APPLIED_BYTES;

    /** Where the records are. */
    interface Store {
        byte @Nullable [] read(UUID session, long sequence);
    }

    /** Takes the records to be written. */
    interface Writes {
        void put(UUID session, long sequence, byte[] value);

        /** From a sequence inclusive to another exclusive. */
        void delete(UUID session, long from, long to);
    }

    private record Kept(long sequence, int transactions) {}

    private static final class Session {
        private final UUID id;
        private final ArrayDeque<Kept> kept = new ArrayDeque<>();
        private int transactions;
        private long last;
        /** Of this sequence and those below, nothing is known any more. */
        private long floor;
        /** Journal index of the last batch. */
        private long usedAt;
        /** Records up to this sequence are deleted; may be less in memory than in truth. */
        private long deleted;

        Session(UUID id) {
            this.id = id;
        }
    }

    /** What committing a batch will change in memory. */
    record Plan(
            JournalBatch batch,
            LogPosition position,
            int dropped,
            long floor,
            long deleted,
            @Nullable UUID evicted) {}

    private final Store store;
    /** In order of last use, longest ago first. */
    private final LinkedHashMap<UUID, Session> sessions = new LinkedHashMap<>();

    Sessions(Store store) {
        this.store = store;
    }

    /** A remembered batch as stored; see {@link #plan} for the layout. */
    @SuppressWarnings("ArrayRecordComponent")
    record Stored(UUID session, byte[] value) {}

    /** How far the state had come with a remembered batch. */
    static AppliedState applied(byte[] record) {
        return SystemRecords.decodeApplied(Arrays.copyOfRange(record, APPLIED_AT, PREFIX_BYTES));
    }

    /** What became of a remembered batch. */
    static BatchOutcome outcome(byte[] record) {
        return JournalCodec.decodeOutcome(Arrays.copyOfRange(record, PREFIX_BYTES, record.length));
    }

    /** Fills the memory from the records of all sessions, in any order. */
    void load(Collection<Stored> records) {
        Map<UUID, List<ByteBuffer>> bySession = new LinkedHashMap<>();
        for (Stored stored : records) {
            bySession.computeIfAbsent(stored.session(), id -> new ArrayList<>()).add(ByteBuffer.wrap(stored.value()));
        }
        List<Session> loaded = new ArrayList<>();
        bySession.forEach((id, values) -> loaded.add(load(id, values)));
        loaded.sort(Comparator.comparingLong(session -> session.usedAt));
        loaded.forEach(session -> sessions.put(session.id, session));
    }

    private static Session load(UUID id, List<ByteBuffer> records) {
        records.sort(Comparator.comparingLong(record -> record.getLong(8)));
        Session session = new Session(id);
        session.floor = records.get(records.size() - 1).getLong(0);
        session.deleted = records.get(0).getLong(8) - 1;
        for (ByteBuffer record : records) {
            session.last = record.getLong(8);
            session.usedAt = record.getLong(16);
            if (session.last > session.floor) { // Others are only not deleted yet.
                session.kept.add(new Kept(session.last, record.getInt(24)));
                session.transactions += record.getInt(24);
            }
        }
        return session;
    }

    /**
     * The answer to a batch that is not to be applied now.
     *
     * @return null when it is to be applied
     */
    @Nullable
    BatchOutcome answer(JournalBatch batch, long epoch, LogPosition position) {
        Session session = sessions.get(batch.session());
        BatchOutcome.Status status;
        if (session == null) {
            if (batch.sequence() == 1) {
                return null;
            }
            status = BatchOutcome.Status.SESSION_UNKNOWN;
        } else if (batch.sequence() > session.last) {
            return null;
        } else {
            BatchOutcome remembered = remembered(session, batch.sequence());
            if (remembered != null) {
                return remembered;
            }
            status = BatchOutcome.Status.STALE;
        }
        return new BatchOutcome(batch.session(), batch.sequence(), status, epoch, position, List.of());
    }

    /** What became of an earlier transaction of the session that asks. */
    TransactionResult resolve(JournalBatch asking, Resolve question) {
        Session session = sessions.get(asking.session());
        long sequence = question.sequence();
        if (sequence >= asking.sequence() || session == null || sequence <= session.floor) {
            return new Resolved(Answer.FORGOTTEN); // Not an earlier batch, or too old a one.
        }
        return resolved(sequence > session.last ? null : remembered(session, sequence), question);
    }

    /**
     * What became of a transaction of a session that sends no batch any more.
     *
     * @param records of the session, by sequence
     */
    static Resolved resolve(List<byte[]> records, Resolve question) {
        BatchOutcome found = null;
        long floor =
                Long.MAX_VALUE; // Of a session that is not there: it may have been, and was longest without a batch.
        for (byte[] record : records) {
            ByteBuffer fields = ByteBuffer.wrap(record);
            floor = fields.getLong(0);
            if (fields.getLong(8) == question.sequence()) {
                found = outcome(record);
            }
        }
        return question.sequence() <= floor ? new Resolved(Answer.FORGOTTEN) : resolved(found, question);
    }

    private static Resolved resolved(@Nullable BatchOutcome outcome, Resolve question) {
        if (outcome == null
                || question.transaction() < 0
                || question.transaction() >= outcome.results().size()) {
            return new Resolved(Answer.NOT_COMMITTED);
        }
        TransactionResult result = outcome.results().get(question.transaction());
        if (result instanceof TransactionResult.Applied applied) {
            return new Resolved(Answer.COMMITTED, applied.revision(), outcome.position());
        } else if (result instanceof TransactionResult.CommandDone done) {
            return new Resolved(Answer.COMMITTED, done.revision(), outcome.position());
        }
        return new Resolved(Answer.NOT_COMMITTED);
    }

    private @Nullable BatchOutcome remembered(Session session, long sequence) {
        for (Kept kept : session.kept) {
            if (kept.sequence() == sequence) {
                byte[] stored = store.read(session.id, sequence);
                if (stored == null) {
                    throw new IllegalStateException(
                            "a remembered batch is not in the state: session=" + session.id + " sequence=" + sequence);
                }
                return outcome(stored);
            }
        }
        return null;
    }

    /**
     * Writes down a batch that is being applied.
     *
     * <p>Record: floor, sequence, journal index (eight bytes each), number of transactions (four), how far the state has come with this batch, encoded
     * outcome. That the position is here saves every batch a write of its own for it.
     */
    Plan plan(JournalBatch batch, BatchOutcome outcome, AppliedState after, Writes writes) {
        long sequence = batch.sequence();
        int transactions = batch.transactions().size();
        Session session = sessions.get(batch.session());
        UUID evicted = null;
        int dropped = 0;
        long floor = 0;
        long deleted = 0;
        if (session == null) {
            if (sessions.size() >= SESSIONS_MAX) {
                Session eldest = sessions.values().iterator().next();
                writes.delete(eldest.id, eldest.deleted + 1, eldest.last + 1);
                evicted = eldest.id;
            }
        } else {
            floor = Math.max(session.floor, sequence - WINDOW);
            int total = session.transactions + transactions;
            for (Kept kept : session.kept) {
                if (kept.sequence() > floor && total <= TRANSACTIONS_MAX) {
                    break;
                }
                dropped++;
                total -= kept.transactions();
                floor = Math.max(floor, kept.sequence());
            }
            deleted = session.deleted;
            if (floor - deleted > GONE_MAX) {
                writes.delete(session.id, deleted + 1, floor + 1);
                deleted = floor;
            }
        }
        byte[] encoded = JournalCodec.encodeOutcome(outcome);
        byte[] value = new byte[PREFIX_BYTES + encoded.length];
        ByteBuffer into = ByteBuffer.wrap(value)
                .putLong(floor)
                .putLong(sequence)
                .putLong(outcome.position().index())
                .putInt(transactions);
        SystemRecords.encode(after, into);
        into.put(encoded);
        writes.put(batch.session(), sequence, value);
        return new Plan(batch, outcome.position(), dropped, floor, deleted, evicted);
    }

    /** The plan's writes are in the state. */
    void commit(Plan plan) {
        if (plan.evicted() != null) {
            sessions.remove(plan.evicted());
        }
        Session session = sessions.remove(plan.batch().session());
        if (session == null) {
            session = new Session(plan.batch().session());
        }
        for (int i = 0; i < plan.dropped(); i++) {
            session.transactions -= session.kept.removeFirst().transactions();
        }
        int transactions = plan.batch().transactions().size();
        session.kept.addLast(new Kept(plan.batch().sequence(), transactions));
        session.transactions += transactions;
        session.last = plan.batch().sequence();
        session.floor = plan.floor();
        session.deleted = plan.deleted();
        session.usedAt = plan.position().index();
        sessions.put(session.id, session);
    }

    int size() {
        return sessions.size();
    }
}
