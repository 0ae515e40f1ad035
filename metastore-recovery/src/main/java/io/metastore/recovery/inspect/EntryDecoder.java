package io.metastore.recovery.inspect;

import io.metastore.recovery.internal.journal.Payloads;
import io.metastore.recovery.journal.EntryVisitor.Kind;
import io.metastore.recovery.journal.EntryVisitor.ScannedEntry;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalEntry;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.UndecodableEntryException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes entries apart, those that a query asks for. Sees the entries of a journal in order; used by one thread. */
final class EntryDecoder {

    private final JournalQuery query;
    private final TableNames names;
    private final ValueDecoder values;

    EntryDecoder(JournalQuery query, TableNames names, ValueDecoder values) {
        this.query = query;
        this.names = names;
        this.values = values;
    }

    /** Null for one that is not asked for. */
    @Nullable
    InspectedEntry decode(ScannedEntry entry) {
        long index = entry.position().index();
        names.pass(index);
        if (!query.asksFor(index) && names.knows(index)) {
            return null;
        }
        EntryContent content =
                switch (entry.kind()) {
                    case COMMAND -> batch(entry);
                    case MEMBERSHIP -> query.asksFor(index, Kind.MEMBERSHIP) ? membership(entry) : null;
                    case COMMIT_HINT -> query.asksFor(index, Kind.COMMIT_HINT) ? commitHint(entry) : null;
                    case EMPTY -> query.asksFor(index, Kind.EMPTY) ? new EntryContent.Empty() : null;
                };
        return content == null
                ? null
                : new InspectedEntry(
                        entry.position(),
                        entry.kind(),
                        entry.file(),
                        entry.payloadOffset(),
                        entry.payloadBytes(),
                        content);
    }

    private @Nullable EntryContent batch(ScannedEntry entry) {
        long index = entry.position().index();
        JournalEntry decoded;
        try {
            decoded = JournalCodec.decodeEntry(entry.payload());
        } catch (UndecodableEntryException e) {
            return query.asksFor(index, Kind.COMMAND) ? undecodable(entry, e) : null;
        }
        names.observe(index, decoded.batch());
        return query.asksFor(index, decoded, names) ? batch(decoded) : null;
    }

    private static EntryContent membership(ScannedEntry entry) {
        try {
            return new EntryContent.Membership(Payloads.membership(entry));
        } catch (IOException e) {
            return undecodable(entry, e);
        }
    }

    private static EntryContent commitHint(ScannedEntry entry) {
        try {
            return new EntryContent.CommitHint(Payloads.commitIndex(entry));
        } catch (IOException e) {
            return undecodable(entry, e);
        }
    }

    private static EntryContent undecodable(ScannedEntry entry, Exception reason) {
        return new EntryContent.Undecodable(String.valueOf(reason.getMessage()), entry.payloadBytes());
    }

    private EntryContent batch(JournalEntry entry) {
        JournalBatch batch = entry.batch();
        List<InspectedTransaction> transactions =
                batch.transactions().stream().map(this::transaction).toList();
        return new EntryContent.Batch(
                Instant.ofEpochMilli(entry.leaderTimeMillis()),
                entry.commitIndex(),
                batch.session(),
                batch.sequence(),
                transactions);
    }

    private InspectedTransaction transaction(JournalTransaction transaction) {
        if (transaction instanceof JournalTransaction.Changes t) {
            return new InspectedTransaction.Changes(
                    t.readRevision(),
                    t.checks().stream().map(this::check).toList(),
                    t.then().stream().map(this::op).toList(),
                    t.otherwise().stream().map(this::op).toList());
        } else if (transaction instanceof JournalTransaction.CommandCall t) {
            return new InspectedTransaction.Command(
                    t.name(), t.version(), values.argument(t.name(), t.version(), t.argument()));
        } else if (transaction instanceof JournalTransaction.Resolve t) {
            return new InspectedTransaction.Resolve(t.sequence(), t.transaction());
        }
        throw new AssertionError(transaction);
    }

    private InspectedCheck check(JournalCheck check) {
        if (check instanceof JournalCheck.KeyUnchanged c) {
            return new InspectedCheck.KeyUnchanged(table(c.table()), key(c.table(), c.key()), c.modRevision());
        } else if (check instanceof JournalCheck.RangeUnchanged c) {
            InspectedTable table = table(c.table());
            return new InspectedCheck.RangeUnchanged(
                    table, values.bound(table, c.from()), end(table, c.to()), c.digest());
        } else if (check instanceof JournalCheck.Exists c) {
            return new InspectedCheck.Exists(table(c.table()), key(c.table(), c.key()));
        } else if (check instanceof JournalCheck.Absent c) {
            return new InspectedCheck.Absent(table(c.table()), key(c.table(), c.key()));
        } else if (check instanceof JournalCheck.HasVersion c) {
            return new InspectedCheck.HasVersion(table(c.table()), key(c.table(), c.key()), c.version());
        }
        throw new AssertionError(check);
    }

    private InspectedOp op(JournalOp op) {
        if (op instanceof JournalOp.Put o) {
            InspectedTable table = table(o.table());
            String codec = names.valueCodec(table, o.valueVersion());
            return new InspectedOp.Put(
                    table,
                    values.key(table, o.key()),
                    o.valueVersion(),
                    values.value(table, codec, o.valueVersion(), o.value()));
        } else if (op instanceof JournalOp.Remove o) {
            return new InspectedOp.Remove(table(o.table()), key(o.table(), o.key()));
        } else if (op instanceof JournalOp.RemoveRange o) {
            InspectedTable table = table(o.table());
            return new InspectedOp.RemoveRange(
                    table, values.bound(table, o.from()), end(table, o.to()), o.limit(), o.reversed(), o.max());
        } else if (op instanceof JournalOp.NextIds o) {
            return new InspectedOp.NextIds(o.sequence(), o.count());
        } else if (op instanceof JournalOp.BeginEpoch o) {
            return new InspectedOp.BeginEpoch(o.epoch());
        } else if (op instanceof JournalOp.RegisterTable o) {
            InspectedTable known = names.table(o.table().name());
            return new InspectedOp.RegisterTable(new InspectedTable(
                    known == null ? 0 : known.id(),
                    o.table().name(),
                    o.table().keyCodec(),
                    o.table().valueCodec(),
                    o.table().version()));
        }
        throw new AssertionError(op);
    }

    private InspectedTable table(int id) {
        return names.table(id);
    }

    private InspectedValue key(int table, byte[] key) {
        return values.key(table(table), key);
    }

    private @Nullable InspectedValue end(InspectedTable table, byte @Nullable [] to) {
        return to == null ? null : values.bound(table, to);
    }
}
