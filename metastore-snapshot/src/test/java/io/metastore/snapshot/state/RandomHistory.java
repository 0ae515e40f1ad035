package io.metastore.snapshot.state;

import static io.metastore.snapshot.state.Entries.bytes;

import io.metastore.snapshot.journal.JournalBatch;
import io.metastore.snapshot.journal.JournalCheck;
import io.metastore.snapshot.journal.JournalOp;
import io.metastore.snapshot.journal.JournalTransaction;
import io.metastore.snapshot.journal.TableRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes up batches from a seed. Transactions are made from what the model holds at that moment and are then held back for a while, so that what
 * they have read is often stale when they arrive.
 */
final class RandomHistory {

    private static final int KEYS = 24;

    private final Random random;
    private final Model model;
    private final List<JournalTransaction> heldBack = new ArrayList<>();
    private final List<JournalBatch> sent = new ArrayList<>();
    private final long[] sequences;

    RandomHistory(Random random, Model model, int sessions) {
        this.random = random;
        this.model = model;
        this.sequences = new long[sessions];
    }

    JournalBatch next() {
        int choice = random.nextInt(20);
        if (choice == 0 && !sent.isEmpty()) {
            return sent.get(sent.size() - 1 - random.nextInt(Math.min(sent.size(), 600)));
        } else if (choice == 1 && !sent.isEmpty()) {
            return sent.get(sent.size() - 1);
        } else if (choice == 2) {
            return new JournalBatch(new UUID(99, random.nextInt()), 2 + random.nextInt(5), List.of(transaction()));
        }
        int session = random.nextInt(4) == 0 ? random.nextInt(sequences.length) : 0;
        boolean gap = random.nextInt(10) == 0 && sequences[session] > 0;
        sequences[session] += gap ? 2 + random.nextInt(3) : 1;
        List<JournalTransaction> transactions = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            heldBack.add(transaction());
            if (random.nextInt(3) > 0) {
                transactions.add(heldBack.remove(random.nextInt(heldBack.size())));
            }
        }
        if (random.nextInt(6) == 0) {
            transactions.add(
                    new JournalTransaction.Resolve(sequences[session] + 1 - random.nextInt(270), random.nextInt(3)));
        }
        JournalBatch batch = new JournalBatch(new UUID(7, session), sequences[session], transactions);
        sent.add(batch);
        return batch;
    }

    private JournalTransaction transaction() {
        int choice = random.nextInt(8);
        if (choice == 0) {
            return new JournalTransaction.CommandCall(
                    List.of("rotate", "fail", "report").get(random.nextInt(3)), 1, bytes("x" + random.nextInt(9)));
        } else if (choice < 3) {
            return closure();
        }
        return new JournalTransaction.Changes(-1, checks(), ops(), random.nextBoolean() ? List.of() : ops());
    }

    /** Reads some keys and ranges and writes. */
    private JournalTransaction closure() {
        List<JournalCheck> checks = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int table = existingTable();
            if (table == 0) {
                break;
            }
            if (random.nextBoolean()) {
                byte[] key = key();
                StoredRecord read = model.get(table, key);
                checks.add(new JournalCheck.KeyUnchanged(table, key, read == null ? 0 : read.modRevision()));
            } else {
                byte[] from = key();
                byte[] to = end();
                checks.add(new JournalCheck.RangeUnchanged(table, from, to, model.digest(table, from, to)));
            }
        }
        return new JournalTransaction.Changes(model.revision, checks, ops(), List.of());
    }

    private List<JournalCheck> checks() {
        List<JournalCheck> checks = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> checks.add(new JournalCheck.Exists(table(), key()));
                case 1 -> checks.add(new JournalCheck.Absent(table(), key()));
                default -> checks.add(new JournalCheck.HasVersion(table(), key(), 1 + random.nextInt(3)));
            }
        }
        return checks;
    }

    private List<JournalOp> ops() {
        List<JournalOp> ops = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            ops.add(op());
        }
        return ops;
    }

    private JournalOp op() {
        int choice = random.nextInt(20);
        if (choice < 11) {
            return new JournalOp.Put(table(), key(), 1 + random.nextInt(3), bytes("v" + random.nextInt(1000)));
        } else if (choice < 15) {
            return new JournalOp.Remove(table(), key());
        } else if (choice < 17) {
            return new JournalOp.RemoveRange(
                    table(), key(), end(), random.nextInt(3), random.nextBoolean(), 2 + random.nextInt(10));
        } else if (choice < 18) {
            return new JournalOp.NextIds("ids" + random.nextInt(2), 1 + random.nextInt(5));
        }
        String codec = random.nextInt(8) == 0 ? "json" : "proto";
        String keyCodec = random.nextInt(10) == 0 ? "long" : "utf8";
        return new JournalOp.RegisterTable(
                new TableRecord(0, "t" + random.nextInt(3), keyCodec, codec, 1 + random.nextInt(3)));
    }

    private int table() {
        return 1 + random.nextInt(4); // The last may not be registered.
    }

    private int existingTable() {
        return model.contents.tables.isEmpty() ? 0 : 1 + random.nextInt(model.contents.tables.size());
    }

    private byte[] key() {
        return bytes(String.format("k%02d", random.nextInt(KEYS)));
    }

    private byte @Nullable [] end() {
        return random.nextInt(4) == 0 ? null : key();
    }
}
