package io.metastore.snapshot.journal;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.internal.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Journal entries, batches and outcomes to bytes and back. The format is journal.proto behind eight bytes of magic, version and CRC32C, shown byte
 * by byte in docs/journal-format.md.
 *
 * <p>Pure functions, callable from any thread. Encoding allocates the result and nothing else of size; decoding copies each key and value once.
 * Decoding throws {@link UndecodableEntryException} for bytes that are damaged, of another kind or written by a newer format, and nothing else.
 */
public final class JournalCodec {

    /** Tags and values of session and sequence are at most this long. */
    private static final int FIXED64_SIZE = 9;

    /** Frame, leader time and commit index with their tags are not longer. */
    private static final int HEAD_BYTES = Frame.BYTES + 2 * 11;

    private JournalCodec() {}

    /** A batch as its proposer sends it; sent again, it must be these bytes. */
    public static byte[] encodeBatch(JournalBatch batch) {
        int size = 2 * FIXED64_SIZE + Wire.uint64Size(batch.sequence());
        for (JournalTransaction transaction : batch.transactions()) {
            size += encodedSize(transaction);
        }
        byte[] bytes = new byte[Frame.BYTES + size];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, Frame.BYTES, size);
            Wire.fixed64(out, 1, batch.session().getMostSignificantBits());
            Wire.fixed64(out, 2, batch.session().getLeastSignificantBits());
            Wire.uint64(out, 3, batch.sequence());
            for (JournalTransaction transaction : batch.transactions()) {
                Wire.message(out, 4, TransactionWriter.size(transaction));
                TransactionWriter.write(out, transaction);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("a batch was encoded to another size than computed: bytes=" + size, e);
        }
        Frame.BATCH.seal(bytes);
        return bytes;
    }

    /**
     * A journal entry around a batch.
     *
     * @param leaderTimeMillis the leader's clock, milliseconds since 1970
     * @param commitIndex the leader's commit index, -1 before the first
     * @param encodedBatch from {@link #encodeBatch}; its bytes are taken over as they are
     */
    public static byte[] encodeEntry(long leaderTimeMillis, long commitIndex, byte[] encodedBatch) {
        int size = Wire.uint64Size(leaderTimeMillis) + Wire.sint64Size(commitIndex) + Wire.bytesSize(encodedBatch);
        byte[] bytes = new byte[Frame.BYTES + size];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, Frame.BYTES, size);
            Wire.uint64(out, 1, leaderTimeMillis);
            Wire.sint64(out, 2, commitIndex);
            Wire.bytes(out, 3, encodedBatch);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("an entry was encoded to another size than computed: bytes=" + size, e);
        }
        Frame.ENTRY.seal(bytes);
        return bytes;
    }

    /**
     * Reads an entry.
     *
     * @param entry from its position to its limit, direct or not, read-only or not; left as it was and not referred to afterwards
     */
    public static JournalEntry decodeEntry(ByteBuffer entry) {
        int length = entry.remaining();
        if (entry.hasArray()) {
            return decodeEntry(entry.array(), entry.arrayOffset() + entry.position(), length);
        }
        byte[] copy = new byte[length];
        entry.duplicate().get(copy);
        return decodeEntry(copy, 0, length);
    }

    /**
     * What an entry says of how far the journal was committed, as {@link JournalEntry#commitIndex}, without reading the rest of it: for whoever goes through many
     * entries whose bytes were verified before. The checksum and the transactions are not looked at.
     *
     * @param entry from its position to its limit, direct or not, read-only or not; left as it was
     */
    public static long commitIndexOf(ByteBuffer entry) {
        byte[] head = new byte[Math.min(entry.remaining(), HEAD_BYTES)];
        entry.duplicate().get(head);
        Frame.ENTRY.checkKind(head, 0, head.length);
        try {
            CodedInputStream in = CodedInputStream.newInstance(head, Frame.BYTES, head.length - Frame.BYTES);
            if (in.readTag() != (1 << 3 | Wire.VARINT)) {
                throw new IOException("expected: leader time as the first field");
            }
            in.readInt64();
            if (in.readTag() != (2 << 3 | Wire.VARINT)) {
                throw new IOException("expected: commit index as the second field");
            }
            return in.readSInt64();
        } catch (IOException e) {
            throw Frame.ENTRY.unknown(String.valueOf(e.getMessage()), e);
        }
    }

    private static JournalEntry decodeEntry(byte[] bytes, int offset, int length) {
        Frame.ENTRY.check(bytes, offset, length);
        long leaderTimeMillis = 0;
        long commitIndex = 0;
        JournalBatch batch = null;
        try {
            int start = offset + Frame.BYTES;
            CodedInputStream in = CodedInputStream.newInstance(bytes, start, length - Frame.BYTES);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | Wire.VARINT -> leaderTimeMillis = in.readInt64();
                    case 2 << 3 | Wire.VARINT -> commitIndex = in.readSInt64();
                    case 3 << 3 | Wire.LENGTH -> {
                        int batchBytes = in.readRawVarint32();
                        int batchStart = start + in.getTotalBytesRead();
                        in.skipRawBytes(batchBytes); // Throws when there are not so many.
                        batch = decodeBatch(bytes, batchStart, batchBytes);
                    }
                    default -> throw Wire.unknownField("Entry", tag);
                }
            }
            return new JournalEntry(leaderTimeMillis, commitIndex, Wire.present(batch, "Entry", "batch"));
        } catch (IOException e) {
            throw Frame.ENTRY.unknown(String.valueOf(e.getMessage()), e);
        }
    }

    /** Reads a batch. */
    public static JournalBatch decodeBatch(byte[] batch) {
        return decodeBatch(batch, 0, batch.length);
    }

    private static JournalBatch decodeBatch(byte[] bytes, int offset, int length) {
        Frame.BATCH.check(bytes, offset, length);
        long high = 0;
        long low = 0;
        long sequence = 0;
        List<JournalTransaction> transactions = new ArrayList<>();
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes, offset + Frame.BYTES, length - Frame.BYTES);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | Wire.FIXED64 -> high = in.readFixed64();
                    case 2 << 3 | Wire.FIXED64 -> low = in.readFixed64();
                    case 3 << 3 | Wire.VARINT -> sequence = in.readUInt64();
                    case 4 << 3 | Wire.LENGTH -> {
                        int outer = Wire.enter(in);
                        transactions.add(TransactionReader.read(in));
                        Wire.leave(in, outer);
                    }
                    default -> throw Wire.unknownField("Batch", tag);
                }
            }
            return new JournalBatch(new UUID(high, low), sequence, transactions);
        } catch (IOException | IllegalArgumentException e) {
            throw Frame.BATCH.unknown(String.valueOf(e.getMessage()), e);
        }
    }

    /** The reply to a batch. */
    public static byte[] encodeOutcome(BatchOutcome outcome) {
        int size = 2 * FIXED64_SIZE
                + Wire.uint64Size(outcome.sequence())
                + Wire.int32Size(OutcomeCodec.wireOf(outcome.status()))
                + Wire.sint64Size(outcome.epoch())
                + Wire.sint64Size(outcome.position().term())
                + Wire.sint64Size(outcome.position().index());
        for (TransactionResult result : outcome.results()) {
            size += Wire.messageSize(OutcomeCodec.size(result));
        }
        byte[] bytes = new byte[Frame.BYTES + size];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes, Frame.BYTES, size);
            Wire.fixed64(out, 1, outcome.session().getMostSignificantBits());
            Wire.fixed64(out, 2, outcome.session().getLeastSignificantBits());
            Wire.uint64(out, 3, outcome.sequence());
            Wire.int32(out, 4, OutcomeCodec.wireOf(outcome.status()));
            Wire.sint64(out, 5, outcome.epoch());
            Wire.sint64(out, 6, outcome.position().term());
            Wire.sint64(out, 7, outcome.position().index());
            for (TransactionResult result : outcome.results()) {
                Wire.message(out, 8, OutcomeCodec.size(result));
                OutcomeCodec.write(out, result);
            }
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("an outcome was encoded to another size than computed: bytes=" + size, e);
        }
        Frame.OUTCOME.seal(bytes);
        return bytes;
    }

    /** Reads an outcome. */
    public static BatchOutcome decodeOutcome(byte[] outcome) {
        Frame.OUTCOME.check(outcome, 0, outcome.length);
        long high = 0;
        long low = 0;
        long sequence = 0;
        int status = 0;
        long epoch = 0;
        long term = 0;
        long index = 0;
        List<TransactionResult> results = new ArrayList<>();
        try {
            CodedInputStream in = CodedInputStream.newInstance(outcome, Frame.BYTES, outcome.length - Frame.BYTES);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 1 << 3 | Wire.FIXED64 -> high = in.readFixed64();
                    case 2 << 3 | Wire.FIXED64 -> low = in.readFixed64();
                    case 3 << 3 | Wire.VARINT -> sequence = in.readUInt64();
                    case 4 << 3 | Wire.VARINT -> status = in.readInt32();
                    case 5 << 3 | Wire.VARINT -> epoch = in.readSInt64();
                    case 6 << 3 | Wire.VARINT -> term = in.readSInt64();
                    case 7 << 3 | Wire.VARINT -> index = in.readSInt64();
                    case 8 << 3 | Wire.LENGTH -> {
                        int outer = Wire.enter(in);
                        results.add(OutcomeCodec.read(in));
                        Wire.leave(in, outer);
                    }
                    default -> throw Wire.unknownField("Outcome", tag);
                }
            }
            return new BatchOutcome(
                    new UUID(high, low),
                    sequence,
                    OutcomeCodec.status(status),
                    epoch,
                    new LogPosition(term, index),
                    results);
        } catch (IOException | IllegalArgumentException e) {
            throw Frame.OUTCOME.unknown(String.valueOf(e.getMessage()), e);
        }
    }

    /** Bytes that the transaction takes in an encoded batch, exactly. */
    public static int encodedSize(JournalTransaction transaction) {
        return Wire.messageSize(TransactionWriter.size(transaction));
    }

    /** A table record as the state keeps it: {@code Table} of journal.proto, without a frame. */
    public static byte[] encodeTable(TableRecord table) {
        byte[] bytes = new byte[TableCodec.size(table)];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            TableCodec.write(out, table);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new IllegalStateException("a table was encoded to another size than computed: " + table, e);
        }
        return bytes;
    }

    /** Reads a table record. */
    public static TableRecord decodeTable(byte[] table) {
        try {
            return TableCodec.read(CodedInputStream.newInstance(table));
        } catch (IOException e) {
            throw new UndecodableEntryException(
                    "table record cannot be decoded: bytes=" + table.length + " reason=" + e.getMessage(), e);
        }
    }
}
