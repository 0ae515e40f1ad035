package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The last bytes of a zip file, which a reader that goes through it from the front does not come to see: shows that nothing was cut off or added.
 * Archives have no comment, so the end record is at the very end; in front of it stands the list of entries (APPNOTE.TXT, 4.3.16).
 */
final class ArchiveEnd {

    private static final int BYTES = 22;
    private static final int LOCATOR_BYTES = 20;
    private static final int SIGNATURE = 0x06054b50;
    private static final int LOCATOR_SIGNATURE = 0x07064b50;
    private static final int ENTRIES_AT = 10;
    private static final int LIST_BYTES_AT = 12;
    private static final int LIST_AT = 16;
    /** Stands for "see the ZIP64 record". */
    private static final int MORE_ENTRIES = 0xffff;

    private static final long MORE_BYTES = 0xffff_ffffL;

    private ArchiveEnd() {}

    static void check(FileLayer layer, Path archive, int entries) throws IOException {
        long size = layer.size(archive);
        long at = size - BYTES;
        byte[] end = at < LOCATOR_BYTES ? new byte[0] : layer.read(archive, at, BYTES);
        ByteBuffer in = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
        if (end.length < BYTES || in.getInt(0) != SIGNATURE || in.getShort(BYTES - 2) != 0) {
            throw ImageErrors.damaged(archive, "end of the archive", "an end record without comment", "other bytes");
        }
        int foundEntries = Short.toUnsignedInt(in.getShort(ENTRIES_AT));
        if (foundEntries != Math.min(entries, MORE_ENTRIES)) {
            throw ImageErrors.damaged(archive, "end of the archive", entries + " entries", foundEntries);
        }
        long listBytes = Integer.toUnsignedLong(in.getInt(LIST_BYTES_AT));
        long listAt = Integer.toUnsignedLong(in.getInt(LIST_AT));
        if (foundEntries == MORE_ENTRIES || listBytes == MORE_BYTES || listAt == MORE_BYTES) {
            checkLocator(layer, archive, at);
        } else if (listAt + listBytes != at) {
            throw ImageErrors.damaged(archive, "end of the archive", "at " + (listAt + listBytes), "at " + at);
        }
    }

    private static void checkLocator(FileLayer layer, Path archive, long end) throws IOException {
        byte[] locator = layer.read(archive, end - LOCATOR_BYTES, LOCATOR_BYTES);
        if (locator.length < LOCATOR_BYTES
                || ByteBuffer.wrap(locator).order(ByteOrder.LITTLE_ENDIAN).getInt(0) != LOCATOR_SIGNATURE) {
            throw ImageErrors.damaged(archive, "end of the archive", "a ZIP64 locator", "other bytes");
        }
    }
}
