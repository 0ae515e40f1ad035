package io.metastore.benchmarks.jmh;

import io.metastore.benchmarks.workload.Records;
import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCodec;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.JournalTransaction.Changes;
import io.metastore.snapshot.journal.TableRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The puts that are written here: values of 256 bytes, keys in scattered order of which none comes twice. Alone, or as a proposer packs them: each put a
 * transaction, the first batch registers the table. The same sequence for everyone who asks. Not thread-safe.
 */
final class FreshPuts {
    /** The number of the first table that a state registers. */
    static final int TABLE = 1;

    private static final TableRecord RECORDS = new TableRecord(0, "records", "utf8", "bytes", 1);
    private static final long LEADER_TIME_MILLIS = 1_800_000_000_000L;
    private static final long KEYS = 50_000_000;
    /** Prime, so that it visits every key once, and large enough that neighbours land far apart. */
    private static final long STRIDE = 2_147_483_647L;

    private final UUID session = new UUID(7, 7);
    private final SplittableRandom random = new SplittableRandom(7);
    private long sequence;
    private long puts;

    byte[] key() {
        if (puts == KEYS) {
            throw new IllegalStateException("no fresh key is left: keys=" + KEYS);
        }
        return key(puts++);
    }

    /** The key of one of the puts so far, from 0. */
    static byte[] key(long put) {
        return Records.key((int) (put * STRIDE % KEYS)).getBytes(StandardCharsets.UTF_8);
    }

    byte[] value() {
        return Records.value(random);
    }

    /** Registers the table and does nothing else. */
    ByteBuffer registration() {
        return entry(batch(List.of(transaction(new JournalOp.RegisterTable(RECORDS)))));
    }

    /** A batch of so many transactions of one put. */
    JournalBatch batch(int size) {
        List<JournalTransaction> transactions = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            transactions.add(transaction(new JournalOp.Put(TABLE, key(), 1, value())));
        }
        return batch(transactions);
    }

    /** The journal entry of a batch. */
    ByteBuffer entry(JournalBatch batch) {
        byte[] encoded = JournalCodec.encodeBatch(batch);
        return ByteBuffer.wrap(JournalCodec.encodeEntry(LEADER_TIME_MILLIS + sequence, sequence, encoded));
    }

    private JournalBatch batch(List<JournalTransaction> transactions) {
        sequence++;
        return new JournalBatch(session, sequence, transactions);
    }

    private static JournalTransaction transaction(JournalOp op) {
        return new Changes(-1, List.of(), List.of(op), List.of());
    }
}
