package io.metastore.snapshot.state;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Headers of records that were written or looked up lately, for the apply thread: it needs the header of every key it writes, and a lookup in RocksDB
 * costs more than all else about a small write. What is here is what is stored; a key that is not here has to be looked up.
 *
 * <p>One array of fixed cells, so that it is nothing to the garbage collector; a key has one cell it can be in. Begins with 128 KiB and doubles while
 * keys displace each other, up to 16 MiB. Owned by the apply thread.
 */
final class HeaderCache {

    private static final Hasher64 HASH = Hashing.xxh3_64();
    private static final int CELL_BYTES = 128;
    private static final int HEADER_AT = 1;
    private static final int KEY_AT = HEADER_AT + RecordHeader.BYTES;
    /** Longer keys are not kept. */
    static final int KEY_BYTES_MAX = CELL_BYTES - KEY_AT;

    private static final int CELLS_MIN = 1 << 10;
    private static final int CELLS_MAX = 1 << 17;

    /** Per cell: length of the key (one byte, 0 when empty), header, key as stored. */
    private byte[] cells = new byte[CELLS_MIN * CELL_BYTES];

    private int displaced;

    /** The header of a key, given as stored; null when it is not here. */
    @Nullable
    RecordHeader get(byte[] key, int length) {
        int cell = cell(cells, key, length);
        return holds(cell, key, length) ? RecordHeader.read(cells, cell + HEADER_AT) : null;
    }

    /** The key has this header. */
    void put(byte[] key, int length, RecordHeader header) {
        if (length > KEY_BYTES_MAX) {
            return;
        }
        int cell = cell(cells, key, length);
        if (cells[cell] != 0 && !holds(cell, key, length) && ++displaced > cells.length / CELL_BYTES / 2) {
            grow();
            cell = cell(cells, key, length);
        }
        cells[cell] = (byte) length;
        header.write(cells, cell + HEADER_AT);
        System.arraycopy(key, 0, cells, cell + KEY_AT, length);
    }

    /** The key has no header any more. */
    void remove(byte[] key, int length) {
        int cell = cell(cells, key, length);
        if (holds(cell, key, length)) {
            cells[cell] = 0;
        }
    }

    private boolean holds(int cell, byte[] key, int length) {
        return cells[cell] == length && Arrays.equals(cells, cell + KEY_AT, cell + KEY_AT + length, key, 0, length);
    }

    private void grow() {
        displaced = 0;
        if (cells.length >= CELLS_MAX * CELL_BYTES) {
            return;
        }
        byte[] larger = new byte[cells.length * 2];
        byte[] key = new byte[KEY_BYTES_MAX];
        for (int from = 0; from < cells.length; from += CELL_BYTES) {
            int length = cells[from];
            if (length != 0) {
                System.arraycopy(cells, from + KEY_AT, key, 0, length);
                System.arraycopy(cells, from, larger, cell(larger, key, length), CELL_BYTES);
            }
        }
        cells = larger;
    }

    private static int cell(byte[] of, byte[] key, int length) {
        return ((int) HASH.hashBytesToLong(key, 0, length) & (of.length / CELL_BYTES - 1)) * CELL_BYTES;
    }
}
