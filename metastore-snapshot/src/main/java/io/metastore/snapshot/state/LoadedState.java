package io.metastore.snapshot.state;

import io.metastore.snapshot.internal.rocksdb.Family;
import io.metastore.snapshot.internal.rocksdb.RocksCursor;
import io.metastore.snapshot.internal.rocksdb.RocksStore;
import io.metastore.snapshot.internal.rocksdb.RocksView;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.TableRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What is kept in memory, read back when a state is opened. */
record LoadedState(AppliedState state, TableRegistry registry, Sessions sessions, FeedWindow feed) {

    static LoadedState load(RocksStore store) {
        try (RocksView view = store.view()) {
            Sessions sessions = new Sessions(
                    (session, sequence) -> store.get(Family.SESSIONS, SystemRecords.session(session, sequence)));
            List<Sessions.Stored> batches = batches(view);
            sessions.load(batches);
            byte[] feed = view.get(Family.SYSTEM, SystemRecords.FEED);
            return new LoadedState(state(view, batches), registry(view), sessions, FeedWindow.decode(feed));
        }
    }

    /** How far the state of a view has come; reads the records of all sessions. */
    static AppliedState state(RocksView view) {
        return state(view, batches(view));
    }

    private static AppliedState state(RocksView view, List<Sessions.Stored> batches) {
        byte[] applied = view.get(Family.SYSTEM, SystemRecords.APPLIED);
        AppliedState highest = applied == null ? AppliedState.NONE : SystemRecords.decodeApplied(applied);
        for (Sessions.Stored batch : batches) {
            AppliedState state = Sessions.applied(batch.value());
            if (state.position().index() > highest.position().index()) {
                highest = state;
            }
        }
        return highest;
    }

    static TableRegistry registry(RocksView view) {
        List<TableRecord> tables = new ArrayList<>();
        try (RocksCursor cursor = kind(view, SystemRecords.TABLES)) {
            for (RocksCursor.Row row = cursor.next(); row != null; row = cursor.next()) {
                tables.add(JournalCodec.decodeTable(row.value()));
            }
        }
        return TableRegistry.of(tables);
    }

    static RocksCursor kind(RocksView view, byte kind) {
        return view.cursor(Family.SYSTEM, SystemRecords.first(kind), SystemRecords.end(kind), false);
    }

    private static List<Sessions.Stored> batches(RocksView view) {
        List<Sessions.Stored> stored = new ArrayList<>();
        try (RocksCursor cursor = view.cursor(Family.SESSIONS, new byte[0], null, false)) {
            for (RocksCursor.Row row = cursor.next(); row != null; row = cursor.next()) {
                UUID session = SystemRecords.sessionOf(row.key());
                stored.add(new Sessions.Stored(session, row.value()));
            }
        }
        return stored;
    }
}
