package io.metastore.recovery.branch;

import io.metastore.api.Entry;
import io.metastore.api.TableDef;
import io.metastore.recovery.inspect.InspectedCheck;
import io.metastore.recovery.inspect.InspectedOp;
import io.metastore.recovery.inspect.InspectedTable;
import io.metastore.recovery.inspect.InspectedTransaction;
import io.metastore.recovery.inspect.ValueReader;
import io.metastore.snapshot.state.StoredRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of a branch beside what is there now. Whatever is looked at through it, is looked at again when the decision is carried out: when it has changed, the
 * resolver is asked anew. Valid while the resolver is being asked.
 */
public final class Proposal {

    private final BranchTransaction transaction;
    private final LiveKeys live;
    private final ValueReader values;
    private final Map<KeyName, Optional<StoredRecord>> looked = new LinkedHashMap<>();
    private final @Nullable InspectedCheck failed;
    private final List<ProposedChange> changes;
    private final boolean dependsOnSkipped;

    /** @param skipped keys that skipped transactions before it write */
    Proposal(BranchTransaction transaction, LiveKeys live, ValueReader values, Set<KeyName> skipped) {
        this.transaction = transaction;
        this.live = live;
        this.values = values;
        if (transaction.content() instanceof InspectedTransaction.Changes content) {
            this.failed = content.checks().stream()
                    .filter(check -> !holds(check))
                    .findFirst()
                    .orElse(null);
            List<InspectedOp> ops = failed == null ? content.then() : content.otherwise();
            this.changes = ops.stream().map(this::change).toList();
        } else {
            this.failed = null;
            this.changes = List.of();
        }
        this.dependsOnSkipped = looked.keySet().stream().anyMatch(skipped::contains);
    }

    /** What is proposed. */
    public BranchTransaction transaction() {
        return transaction;
    }

    /** What applying it would do now, as its conditions say; empty for a command. */
    public List<ProposedChange> changes() {
        return changes;
    }

    /**
     * The first of its conditions that does not hold now. One that a range is as it was read is not looked at here: when it does not hold, the transaction is skipped
     * with that reason.
     */
    public Optional<InspectedCheck> failedCondition() {
        return Optional.ofNullable(failed);
    }

    /** Whether it writes or compares a key that a skipped transaction before it writes. */
    public boolean dependsOnSkipped() {
        return dependsOnSkipped;
    }

    /** A record as it is now. */
    public <K, V> Optional<Entry<K, V>> current(TableDef<K, V> table, K key) {
        KeyName name = KeyName.of(table.name(), table.keyCodec().encode(key));
        return Optional.ofNullable(look(name))
                .map(record -> new Entry<>(
                        key,
                        table.decodeValue(record.valueVersion(), record.value()),
                        record.version(),
                        record.createRevision(),
                        record.modRevision()));
    }

    /** What became of a key since the tip. */
    public <K> Since since(TableDef<K, ?> table, K key) {
        KeyName name = KeyName.of(table.name(), table.keyCodec().encode(key));
        return live.since(name, look(name));
    }

    private @Nullable StoredRecord look(KeyName key) {
        return looked.computeIfAbsent(key, each -> Optional.ofNullable(live.get(each)))
                .orElse(null);
    }

    private ProposedChange change(InspectedOp op) {
        if (op instanceof InspectedOp.Put put) {
            return change(op, put.table(), put.key().bytes());
        } else if (op instanceof InspectedOp.Remove remove) {
            return change(op, remove.table(), remove.key().bytes());
        }
        boolean harmless = op instanceof InspectedOp.RegisterTable;
        return new ProposedChange(op, Optional.empty(), harmless ? Since.UNCHANGED : Since.UNKNOWN);
    }

    private ProposedChange change(InspectedOp op, InspectedTable table, byte[] key) {
        KeyName name = KeyName.of(table.name(), key);
        StoredRecord record = look(name);
        return new ProposedChange(
                op, Optional.ofNullable(record).map(each -> values.record(table, each)), live.since(name, record));
    }

    private boolean holds(InspectedCheck check) {
        if (check instanceof InspectedCheck.KeyUnchanged c) {
            KeyName name = KeyName.of(c.table().name(), c.key().bytes());
            StoredRecord record = look(name);
            if (live.since(name, record) == Since.REPROPOSED) {
                return true; // As it was written before in the branch, under another number.
            }
            long modified = record == null ? 0 : record.modRevision();
            return modified == c.modRevision() && live.isBeforeTip(modified);
        } else if (check instanceof InspectedCheck.Exists c) {
            return look(KeyName.of(c.table().name(), c.key().bytes())) != null;
        } else if (check instanceof InspectedCheck.Absent c) {
            return look(KeyName.of(c.table().name(), c.key().bytes())) == null;
        } else if (check instanceof InspectedCheck.HasVersion c) {
            StoredRecord record = look(KeyName.of(c.table().name(), c.key().bytes()));
            return record != null && record.version() == c.version();
        }
        return true; // Of a range: where it is applied.
    }

    /** Whatever was looked at, and the revision that last wrote it; 0 for what is absent. */
    Map<KeyName, Long> lookedAt() {
        Map<KeyName, Long> all = new LinkedHashMap<>();
        looked.forEach((key, record) ->
                all.put(key, record.map(StoredRecord::modRevision).orElse(0L)));
        return all;
    }

    /** Keys that it writes. */
    List<KeyName> written() {
        List<KeyName> keys = new ArrayList<>();
        for (ProposedChange change : changes) {
            if (change.op() instanceof InspectedOp.Put put) {
                keys.add(KeyName.of(put.table().name(), put.key().bytes()));
            } else if (change.op() instanceof InspectedOp.Remove remove) {
                keys.add(KeyName.of(remove.table().name(), remove.key().bytes()));
            }
        }
        return keys;
    }
}
