package io.metastore.snapshot.state;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.journal.TransactionResult;
import io.metastore.snapshot.journal.TransactionResult.Answer;
import io.metastore.snapshot.journal.TransactionResult.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What applying is meant to do, written down a second time over plain maps, as simply as possible: a failed transaction is undone by going back to
 * a copy of everything.
 */
final class Model {

    /** A transaction cannot be applied. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        final Code code;

        Refused(Code code, String message) {
            super(message);
            this.code = code;
        }
    }

    /** Everything that transactions change. */
    static final class Contents {
        final Map<Integer, TreeMap<byte[], StoredRecord>> records = new HashMap<>();
        final Map<String, TableRecord> tables = new HashMap<>();
        final Map<String, Long> sequences = new HashMap<>();

        Contents copy() {
            Contents copy = new Contents();
            records.forEach((table, rows) -> copy.records.put(table, new TreeMap<>(rows)));
            copy.tables.putAll(tables);
            copy.sequences.putAll(sequences);
            return copy;
        }
    }

    private static final class Session {
        final TreeMap<Long, BatchOutcome> applied = new TreeMap<>();
        long floor;
    }

    private final CommandRuntime commands;
    private final Map<UUID, Session> sessions = new HashMap<>();
    Contents contents = new Contents();
    long revision;
    long leaderTime;
    private boolean changed;

    Model(CommandRuntime commands) {
        this.commands = commands;
    }

    BatchOutcome apply(LogPosition position, long time, JournalBatch batch) {
        leaderTime = Math.max(leaderTime, time);
        Session session = sessions.get(batch.session());
        if (session == null) {
            if (batch.sequence() != 1) {
                return outcome(batch, BatchOutcome.Status.SESSION_UNKNOWN, position, List.of());
            }
            session = new Session();
            sessions.put(batch.session(), session);
        }
        BatchOutcome before = session.applied.get(batch.sequence());
        if (before != null && batch.sequence() > session.floor) {
            return before;
        }
        if (!session.applied.isEmpty() && batch.sequence() <= session.applied.lastKey()) {
            return outcome(batch, BatchOutcome.Status.STALE, position, List.of());
        }
        List<TransactionResult> results = new ArrayList<>();
        for (JournalTransaction transaction : batch.transactions()) {
            results.add(apply(session, batch.sequence(), transaction));
        }
        BatchOutcome outcome = outcome(batch, BatchOutcome.Status.APPLIED, position, results);
        session.applied.put(batch.sequence(), outcome);
        moveWindow(session, batch.sequence());
        return outcome;
    }

    /** The last batch is always remembered, others while they are within 256 batches and 4,096 transactions. */
    private static void moveWindow(Session session, long last) {
        session.floor = Math.max(session.floor, last - 256);
        int transactions = 0;
        for (Map.Entry<Long, BatchOutcome> entry :
                session.applied.descendingMap().entrySet()) {
            transactions += entry.getValue().results().size();
            if (entry.getKey() != last && transactions > 4096) {
                session.floor = Math.max(session.floor, entry.getKey());
                return;
            }
        }
    }

    private static BatchOutcome outcome(
            JournalBatch batch, BatchOutcome.Status status, LogPosition position, List<TransactionResult> results) {
        return new BatchOutcome(batch.session(), batch.sequence(), status, 1, position, results);
    }

    private TransactionResult apply(Session session, long sequence, JournalTransaction transaction) {
        Contents before = contents.copy();
        changed = false;
        try {
            if (transaction instanceof JournalTransaction.Changes changes) {
                return apply(changes);
            } else if (transaction instanceof JournalTransaction.CommandCall call) {
                byte[] result;
                try {
                    result = commands.run(call.name(), call.version(), call.argument(), new ModelAccess(this));
                } catch (Refused e) {
                    throw e;
                } catch (RuntimeException e) {
                    throw new Refused(Code.COMMAND_FAILED, String.valueOf(e.getMessage()));
                }
                boolean made = finish();
                return new TransactionResult.CommandDone(revision, made, result);
            } else if (transaction instanceof JournalTransaction.Resolve resolve) {
                return resolve(session, sequence, resolve);
            }
            throw new AssertionError(transaction);
        } catch (Refused e) {
            contents = before;
            return new TransactionResult.Failed(e.code, String.valueOf(e.getMessage()));
        }
    }

    private boolean finish() {
        if (changed) {
            revision++;
        }
        return changed;
    }

    private static TransactionResult resolve(Session session, long sequence, JournalTransaction.Resolve resolve) {
        if (resolve.sequence() >= sequence || resolve.sequence() <= session.floor || session.applied.isEmpty()) {
            return new TransactionResult.Resolved(Answer.FORGOTTEN);
        }
        BatchOutcome outcome = session.applied.get(resolve.sequence());
        if (outcome != null && resolve.transaction() < outcome.results().size()) {
            TransactionResult result = outcome.results().get(resolve.transaction());
            if (result instanceof TransactionResult.Applied applied) {
                return new TransactionResult.Resolved(Answer.COMMITTED, applied.revision(), outcome.position());
            } else if (result instanceof TransactionResult.CommandDone done) {
                return new TransactionResult.Resolved(Answer.COMMITTED, done.revision(), outcome.position());
            }
        }
        return new TransactionResult.Resolved(Answer.NOT_COMMITTED);
    }

    private TransactionResult apply(JournalTransaction.Changes changes) {
        TransactionResult.Conflict conflict = null;
        for (int i = 0; i < changes.checks().size() && conflict == null; i++) {
            JournalCheck check = changes.checks().get(i);
            if (!holds(check)) {
                StoredRecord found = check instanceof JournalCheck.RangeUnchanged ? null : get(check);
                conflict = new TransactionResult.Conflict(i, found == null ? 0 : found.version());
            }
        }
        if (conflict != null && changes.otherwise().isEmpty()) {
            return conflict;
        }
        List<JournalOp> ops = conflict == null ? changes.then() : changes.otherwise();
        long[] results = new long[ops.size()];
        for (int i = 0; i < results.length; i++) {
            results[i] = apply(ops.get(i));
        }
        boolean made = finish();
        return new TransactionResult.Applied(revision, made, conflict == null, results);
    }

    private @Nullable StoredRecord get(JournalCheck check) {
        if (check instanceof JournalCheck.KeyUnchanged c) {
            return get(c.table(), c.key());
        } else if (check instanceof JournalCheck.Exists c) {
            return get(c.table(), c.key());
        } else if (check instanceof JournalCheck.Absent c) {
            return get(c.table(), c.key());
        } else if (check instanceof JournalCheck.HasVersion c) {
            return get(c.table(), c.key());
        }
        throw new AssertionError(check);
    }

    private boolean holds(JournalCheck check) {
        if (check instanceof JournalCheck.RangeUnchanged c) {
            return digest(c.table(), c.from(), c.to()) == c.digest();
        }
        StoredRecord found = get(check);
        if (check instanceof JournalCheck.KeyUnchanged c) {
            return (found == null ? 0 : found.modRevision()) == c.modRevision();
        } else if (check instanceof JournalCheck.HasVersion c) {
            return found != null && found.version() == c.version();
        }
        return (check instanceof JournalCheck.Exists) == (found != null);
    }

    private long apply(JournalOp op) {
        if (op instanceof JournalOp.Put o) {
            return put(o.table(), o.key(), o.valueVersion(), o.value());
        } else if (op instanceof JournalOp.Remove o) {
            return remove(o.table(), o.key()) ? 1 : 0;
        } else if (op instanceof JournalOp.NextIds o) {
            return nextIds(o.sequence(), o.count());
        } else if (op instanceof JournalOp.RegisterTable o) {
            return register(o.table());
        } else if (op instanceof JournalOp.RemoveRange o) {
            NavigableMap<byte[], StoredRecord> range = range(o.table(), o.from(), o.to());
            List<byte[]> keys = new ArrayList<>((o.reversed() ? range.descendingMap() : range).keySet());
            int count = o.limit() == 0 ? keys.size() : Math.min(o.limit(), keys.size());
            if (count > o.max()) {
                throw new Refused(
                        Code.RANGE_TOO_LARGE,
                        "range removal would remove more than allowed: table=" + o.table() + " max=" + o.max()
                                + "; remove in parts with a limit, or raise removeRangeEntriesMax");
            }
            keys.subList(0, count).forEach(key -> remove(o.table(), key));
            return count;
        }
        throw new AssertionError(op);
    }

    NavigableMap<byte[], StoredRecord> range(int table, byte[] from, byte @Nullable [] to) {
        NavigableMap<byte[], StoredRecord> rows = rows(table);
        if (to != null && Arrays.compareUnsigned(from, to) >= 0) {
            return new TreeMap<>(Arrays::compareUnsigned);
        }
        return to == null ? rows.tailMap(from, true) : rows.subMap(from, true, to, false);
    }

    long digest(int table, byte[] from, byte @Nullable [] to) {
        RangeDigest digest = new RangeDigest();
        range(table, from, to).values().forEach(row -> digest.add(row.key(), row.modRevision()));
        return digest.value();
    }

    private NavigableMap<byte[], StoredRecord> rows(int table) {
        if (contents.tables.values().stream().noneMatch(t -> t.id() == table)) {
            throw new Refused(
                    Code.UNKNOWN_TABLE,
                    "table is not registered: table=" + table + " registered=" + contents.tables.size()
                            + "; ask the store for the table again, with store.table(definition)");
        }
        return contents.records.computeIfAbsent(table, t -> new TreeMap<>(Arrays::compareUnsigned));
    }

    @Nullable
    StoredRecord get(int table, byte[] key) {
        return rows(table).get(key);
    }

    long put(int table, byte[] key, int valueVersion, byte[] value) {
        StoredRecord before = get(table, key);
        long version = before == null ? 1 : before.version() + 1;
        long created = before == null ? revision + 1 : before.createRevision();
        rows(table).put(key, new StoredRecord(key, value, valueVersion, version, created, revision + 1));
        changed = true;
        return version;
    }

    boolean remove(int table, byte[] key) {
        boolean there = rows(table).remove(key) != null;
        changed |= there;
        return there;
    }

    long nextIds(String sequence, int count) {
        long first = contents.sequences.getOrDefault(sequence, 0L) + 1;
        contents.sequences.put(sequence, first + count - 1);
        changed = true;
        return first;
    }

    int register(TableRecord definition) {
        TableRecord known = contents.tables.get(definition.name());
        if (known != null) {
            String why = null;
            if (!known.keyCodec().equals(definition.keyCodec())) {
                why = "the key codec of a table never changes";
            } else if (definition.version() < known.version()) {
                why = "the version is lower than registered";
            } else if (definition.version() == known.version()
                    && !known.valueCodec().equals(definition.valueCodec())) {
                why = "another value codec needs a higher version";
            }
            if (why != null) {
                throw new Refused(
                        Code.INCOMPATIBLE_TABLE,
                        "table definition does not fit the registered one, " + why + ": table=" + known.name()
                                + " registered=v" + known.version() + "(" + known.keyCodec() + " -> "
                                + known.valueCodec() + ") defined=v" + definition.version() + "("
                                + definition.keyCodec() + " -> " + definition.valueCodec() + ")");
            }
            if (known.version() == definition.version()) {
                return known.id();
            }
        }
        int id = known == null ? contents.tables.size() + 1 : known.id();
        contents.tables.put(
                definition.name(),
                new TableRecord(
                        id, definition.name(), definition.keyCodec(), definition.valueCodec(), definition.version()));
        changed = true;
        return id;
    }
}
