package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.bytes;

import io.metastore.snapshot.journal.TableRecord;

/** Handlers that do everything a handler may: reads of its own writes, scans over them, ids, tables, failing halfway. */
final class TestCommands implements CommandRuntime {

    static final TestCommands ALL = new TestCommands();

    @Override
    public boolean knows(String name, int version) {
        return version == 1 && (name.equals("rotate") || name.equals("fail") || name.equals("report"));
    }

    @Override
    public byte[] run(String name, int version, byte[] argument, Access access) {
        int table = access.table(new TableRecord(0, "commands", "utf8", "utf8", 1));
        String suffix = Entries.text(argument);
        switch (name) {
            case "rotate" -> {
                return rotate(access, table, suffix);
            }
            case "fail" -> {
                rotate(access, table, suffix);
                access.nextIds("lost", 3);
                throw new IllegalStateException("told to fail: " + suffix);
            }
            case "report" -> {
                return report(access, table);
            }
            default -> throw new AssertionError(name);
        }
    }

    /** Removes the oldest key, adds two, and overwrites while a cursor is open. */
    private static byte[] rotate(Access access, int table, String suffix) {
        long id = access.nextIds("rotations", 2);
        access.put(table, bytes("r" + id % 9), 1, bytes(suffix + access.leaderTimeMillis()));
        access.put(table, bytes("s" + id % 5), 2, bytes(suffix + access.revision()));
        int seen = 0;
        try (RecordSource.RecordCursor cursor = access.scan(table, bytes("r"), bytes("s4"), id % 2 == 0)) {
            for (StoredRecord next = cursor.next(); next != null; next = cursor.next()) {
                access.put(table, next.key(), 3, bytes("seen" + seen++));
            }
        }
        if (id % 3 == 0) {
            access.remove(table, bytes("r" + (id + 4) % 9));
        }
        StoredRecord r0 = access.get(table, bytes("r0"));
        return bytes(seen + ":" + (r0 == null ? "none" : r0.version() + Entries.text(r0.value())));
    }

    /** Changes nothing; its result shows every record. */
    private static byte[] report(Access access, int table) {
        StringBuilder all = new StringBuilder();
        RecordSource.RecordCursor left = access.scan(table, new byte[0], null, true); // Left open on purpose.
        for (StoredRecord next = left.nextHeader(); next != null; next = left.nextHeader()) {
            all.append(Entries.text(next.key())).append('@').append(next.modRevision());
        }
        return bytes(all.toString());
    }
}
