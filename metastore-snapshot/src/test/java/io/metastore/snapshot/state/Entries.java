package io.metastore.snapshot.state;

import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.TableRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Short forms for what tests put into a journal. */
final class Entries {

    static final UUID SESSION = new UUID(1, 1);

    private Entries() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static ByteBuffer entry(long time, UUID session, long sequence, JournalTransaction... transactions) {
        byte[] batch = JournalCodec.encodeBatch(new JournalBatch(session, sequence, List.of(transactions)));
        return ByteBuffer.wrap(JournalCodec.encodeEntry(time, 0, batch));
    }

    static ByteBuffer entry(UUID session, long sequence, JournalTransaction... transactions) {
        return entry(1000, session, sequence, transactions);
    }

    static JournalTransaction changes(JournalOp... ops) {
        return new Changes(-1, List.of(), List.of(ops), List.of());
    }

    static JournalOp put(int table, String key, String value) {
        return new JournalOp.Put(table, bytes(key), 1, bytes(value));
    }

    static JournalOp remove(int table, String key) {
        return new JournalOp.Remove(table, bytes(key));
    }

    static JournalOp table(String name) {
        return new JournalOp.RegisterTable(new TableRecord(0, name, "utf8", "utf8", 1));
    }
}
