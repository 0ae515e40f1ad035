package io.metastore.recovery.internal.journal;

import com.google.protobuf.CodedInputStream;
import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.EntryVisitor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one entry at a place of a file: its length as a varint, that many bytes of a protobuf message, and the CRC-32C of both, big-endian. Holds the last
 * one that was read, so that a million entries cost no object each. Used by one thread.
 */
final class EntryReader implements EntryVisitor.ScannedEntry {
    /** Larger than any entry that a member can be set to write. */
    static final int ENTRY_BYTES_MAX = (64 << 20) + (1 << 20);

    private static final int CHECKSUM_BYTES = 4;
    private static final int VARINT_BYTES_MAX = 5;
    /** Length, term and index with their tags are not longer. */
    private static final int HEAD_BYTES = VARINT_BYTES_MAX + 2 * 11;

    // Fields of a log entry, and of the messages in it.
    private static final int TERM = 1;
    private static final int INDEX = 2;
    private static final int COMMAND = 3;
    private static final int MEMBERSHIP = 4;
    private static final int COMMIT_HINT = 5;
    private static final int COMMAND_DATA = 1;
    private static final int COMMIT_INDEX = 1;

    private final Path path;
    private final Window window;
    private final CRC32C crc = new CRC32C();

    private long next;
    private long term;
    private long index;
    private EntryVisitor.Kind kind = EntryVisitor.Kind.EMPTY;
    private int payloadBytes;
    private long payloadOffset;
    private long commitIndex;
    private String found = "";

    EntryReader(Path path, Window window) {
        this.path = path;
        this.window = window;
    }

    /**
     * Reads the entry that begins at an offset behind which the file has at least one byte.
     *
     * @return what is wrong with it, see {@link #found()}; null when nothing is, and all other methods tell about it
     */
    Damage.@Nullable Kind read(long offset) throws IOException {
        Damage.Kind damage = measure(offset);
        if (damage != null) {
            return damage;
        }
        int begin = window.at(offset);
        int end = window.at(next) - CHECKSUM_BYTES;
        crc.reset();
        crc.update(window.bytes(), begin, end - begin);
        int written = ByteBuffer.wrap(window.bytes(), end, CHECKSUM_BYTES).getInt();
        int computed = (int) crc.getValue();
        if (written != computed) {
            return damaged(
                    Damage.Kind.CHECKSUM,
                    "expected=" + Integer.toHexString(computed) + " found=" + Integer.toHexString(written));
        }
        return understand(offset + varintBytes(begin), end) ? null : Damage.Kind.UNDECODABLE;
    }

    /**
     * Whether an entry may begin at an offset, by its first fields: without the cost of a checksum, and of reading all that an arbitrary length asks for.
     *
     * @param lowestIndex of an entry that would be of interest
     */
    boolean plausible(long offset, long lowestIndex) throws IOException {
        int there = Math.min(window.available(offset, HEAD_BYTES), HEAD_BYTES);
        int begin = window.at(offset);
        int at = begin;
        while (at < begin + Math.min(there, VARINT_BYTES_MAX) - 1 && window.bytes()[at] < 0) {
            at++;
        }
        at++;
        if (at >= begin + there || (window.bytes()[at] != TERM << 3 && window.bytes()[at] != INDEX << 3)) {
            return false;
        }
        try {
            CodedInputStream in = CodedInputStream.newInstance(window.bytes(), at, begin + there - at);
            int tag = in.readTag();
            if (tag == TERM << 3 && in.readUInt64() >= 0) {
                tag = in.readTag();
            }
            long first = tag == INDEX << 3 ? in.readUInt64() : 0;
            return first >= lowestIndex && first - lowestIndex <= window.fileBytes() - offset;
        } catch (IOException e) {
            return false; // No numbers: no entry, which is what was asked.
        }
    }

    /** Sets {@link #next}. */
    private Damage.@Nullable Kind measure(long offset) throws IOException {
        int there = window.available(offset, VARINT_BYTES_MAX);
        int begin = window.at(offset);
        long bytes = 0;
        int width = 0;
        byte current;
        do {
            if (width == there) {
                return damaged(Damage.Kind.TRUNCATED_ENTRY, "expected: a length found: end of file");
            }
            if (width == VARINT_BYTES_MAX) {
                return damaged(Damage.Kind.LENGTH_OUT_OF_RANGE, "expected: a length found: no varint");
            }
            current = window.bytes()[begin + width];
            bytes |= (long) (current & 0x7f) << (7 * width++);
        } while (current < 0);
        if (bytes < 1 || bytes > ENTRY_BYTES_MAX) {
            return damaged(Damage.Kind.LENGTH_OUT_OF_RANGE, "expected=1.." + ENTRY_BYTES_MAX + " found=" + bytes);
        }
        int total = width + (int) bytes + CHECKSUM_BYTES;
        long left = window.fileBytes() - offset;
        if (total > left || window.available(offset, total) < total) {
            return damaged(Damage.Kind.TRUNCATED_ENTRY, "expected=" + total + " bytes found=" + left);
        }
        next = offset + total;
        return null;
    }

    private int varintBytes(int begin) {
        int width = 1;
        while (window.bytes()[begin + width - 1] < 0) {
            width++;
        }
        return width;
    }

    /** Takes the fields apart. Fields that are not known are passed over: they do not change what the entry is in the journal. */
    private boolean understand(long offset, int end) {
        int begin = window.at(offset);
        CodedInputStream in = CodedInputStream.newInstance(window.bytes(), begin, end - begin);
        term = 0;
        index = 0;
        kind = EntryVisitor.Kind.EMPTY;
        payload(offset, 0);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                field(in, tag, offset);
            }
        } catch (IOException e) {
            found = "expected: a log entry found: " + e.getMessage();
            return false;
        }
        if (term < 0 || index < 0) {
            found = "expected: term and index found: term=" + term + " index=" + index;
            return false;
        }
        return true;
    }

    private void field(CodedInputStream in, int tag, long offset) throws IOException {
        switch (tag) {
            case TERM << 3 -> term = in.readUInt64();
            case INDEX << 3 -> index = in.readUInt64();
            case COMMAND << 3 | 2 -> command(in, offset);
            case MEMBERSHIP << 3 | 2 -> {
                kind = EntryVisitor.Kind.MEMBERSHIP;
                int bytes = in.readRawVarint32();
                payload(offset + in.getTotalBytesRead(), bytes);
                in.skipRawBytes(bytes);
            }
            case COMMIT_HINT << 3 | 2 -> commitHint(in, offset);
            default -> skip(in, tag);
        }
    }

    private void command(CodedInputStream in, long offset) throws IOException {
        kind = EntryVisitor.Kind.COMMAND;
        int outer = in.pushLimit(in.readRawVarint32());
        payload(offset + in.getTotalBytesRead(), 0);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (COMMAND_DATA << 3 | 2)) {
                int bytes = in.readRawVarint32();
                payload(offset + in.getTotalBytesRead(), bytes);
                in.skipRawBytes(bytes);
            } else {
                skip(in, tag);
            }
        }
        in.popLimit(outer);
    }

    private void commitHint(CodedInputStream in, long offset) throws IOException {
        kind = EntryVisitor.Kind.COMMIT_HINT;
        commitIndex = 0;
        int bytes = in.readRawVarint32();
        payload(offset + in.getTotalBytesRead(), bytes);
        int outer = in.pushLimit(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == COMMIT_INDEX << 3) {
                commitIndex = in.readUInt64();
            } else {
                skip(in, tag);
            }
        }
        in.popLimit(outer);
    }

    private static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new IOException("end of a group that did not begin: tag=" + tag);
        }
    }

    private void payload(long offset, int bytes) {
        payloadOffset = offset;
        payloadBytes = bytes;
    }

    private Damage.Kind damaged(Damage.Kind damage, String what) {
        found = what;
        return damage;
    }

    /** What was expected and found, after something wrong. */
    String found() {
        return found;
    }

    /** Says why the payload of the last entry, as such intact, is not understood. */
    void notUnderstood(IOException reason) {
        found = "expected: payload of kind " + kind + " found: " + reason.getMessage();
    }

    /** Offset of the first byte behind the entry. */
    long next() {
        return next;
    }

    long term() {
        return term;
    }

    long index() {
        return index;
    }

    /** What a commit hint says. */
    long commitIndex() {
        return commitIndex;
    }

    @Override
    public LogPosition position() {
        return new LogPosition(term, index);
    }

    @Override
    public EntryVisitor.Kind kind() {
        return kind;
    }

    @Override
    public Path file() {
        return path;
    }

    @Override
    public long payloadOffset() {
        return payloadOffset;
    }

    @Override
    public long end() {
        return next;
    }

    @Override
    public int payloadBytes() {
        return payloadBytes;
    }

    @Override
    public ByteBuffer payload() {
        return ByteBuffer.wrap(window.bytes(), window.at(payloadOffset), payloadBytes)
                .slice()
                .asReadOnlyBuffer();
    }
}
