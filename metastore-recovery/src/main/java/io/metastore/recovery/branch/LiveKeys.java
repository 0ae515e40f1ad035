package io.metastore.recovery.branch;

import io.metastore.raft.RawRecords;
import io.metastore.snapshot.journal.TableRecord;
import io.metastore.snapshot.state.FeedRecord;
import io.metastore.snapshot.state.StoredRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys of the store that went on, and what became of them since the tip. For one thread. */
final class LiveKeys {

    private final RawRecords records;
    private final OptionalLong tip;
    /** Revisions that this branch's transactions made when they were proposed again. */
    private final Set<Long> own = new HashSet<>();
    /** Keys that were removed since and not written again, and whether one of ours did that. */
    private final Map<KeyName, Boolean> removed = new HashMap<>();

    private long seen;
    private boolean complete;

    /** @param tip number of the last revision that was taken over; empty when that is not known */
    LiveKeys(RawRecords records, OptionalLong tip) {
        this.records = records;
        this.tip = tip;
        this.seen = tip.orElse(0);
        this.complete = tip.isPresent();
    }

    /** Notes a revision as one of ours, before changes of it are looked at. */
    void own(long revision) {
        own.add(revision);
    }

    /** Looks at what was changed since it was last called. */
    void refresh() {
        Map<Integer, String> names = new HashMap<>();
        complete = complete && records.changesAfter(seen, feed -> refresh(feed, names));
    }

    private void refresh(FeedRecord feed, Map<Integer, String> names) {
        seen = feed.revision();
        for (FeedRecord.Change change : feed.changes()) {
            String table = names.computeIfAbsent(change.table(), records::tableName);
            KeyName key = KeyName.of(table, change.key());
            if (change.value() == null) {
                removed.put(key, own.contains(feed.revision()));
            } else {
                removed.remove(key);
            }
        }
    }

    @Nullable
    TableRecord table(String name) {
        return records.table(name);
    }

    /** Null when it is absent, also because there is no such table. */
    @Nullable
    StoredRecord get(KeyName key) {
        TableRecord table = records.table(key.table());
        return table == null ? null : records.get(table.id(), key.bytes());
    }

    Since since(KeyName key, @Nullable StoredRecord record) {
        if (record != null) {
            if (tip.isPresent() && record.modRevision() <= tip.getAsLong()) {
                return Since.UNCHANGED;
            }
            boolean ours = own.contains(record.modRevision());
            return ours ? Since.REPROPOSED : tip.isPresent() ? Since.CHANGED : Since.UNKNOWN;
        }
        Boolean byUs = removed.get(key);
        if (byUs != null) {
            return byUs ? Since.REPROPOSED : Since.CHANGED;
        }
        return complete ? Since.UNCHANGED : Since.UNKNOWN;
    }

    /** Whether a revision of the time before the tip has this number; others have another meaning in the branch than here. */
    boolean isBeforeTip(long revision) {
        return tip.isPresent() && revision <= tip.getAsLong();
    }
}
