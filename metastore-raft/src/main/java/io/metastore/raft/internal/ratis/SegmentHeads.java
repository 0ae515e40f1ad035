package io.metastore.raft.internal.ratis;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether files of a journal begin as their names say; for before Ratis opens them, which deletes a file whose first bytes are zeros, whatever comes behind. Of
 * each file its length and a few bytes are looked at; every entry is read, and its checksum computed, when Ratis opens the journal.
 *
 * <p>What a crash leaves is no damage: a file that is being written may have no header yet, then it holds nothing but some zeros, as the header is forced before
 * anything else is written; it may have no entry, or end in the middle of its first one. A file that was closed has its first entry, also when a crash came
 * between its being shortened and its being named after that.
 */
final class SegmentHeads {
    private static final int HEADER = SegmentBytes.HEADER.length;

    /** Header, length of the first entry, and its first two fields: term and index. */
    private static final int LOOKED_AT = HEADER + 5 + 11 + 11;

    private static final int TERM_TAG = 1 << 3;
    private static final int INDEX_TAG = 2 << 3;
    private static final int CHECKSUM = Integer.BYTES;

    private final FileLayer layer;

    SegmentHeads(FileLayer layer) {
        this.layer = layer;
    }

    /** The first that is wrong, with expected and found; null when none is. */
    @Nullable
    String damage(List<SegmentFiles.Segment> segments) throws IOException {
        for (SegmentFiles.Segment segment : segments) {
            String found = damage(segment);
            if (found != null) {
                return "file=" + segment.path() + " bytes=" + layer.size(segment.path()) + " " + found;
            }
        }
        return null;
    }

    private @Nullable String damage(SegmentFiles.Segment segment) throws IOException {
        byte[] head = layer.read(segment.path(), 0, LOOKED_AT);
        int same = Arrays.mismatch(head, SegmentBytes.HEADER);
        boolean whole = same < 0 || same >= HEADER;
        if (!whole) {
            return segment.isOpen() && isJustBegun(segment, same)
                    ? null
                    : "expected: a header found: "
                            + Arrays.toString(Arrays.copyOf(head, Math.min(head.length, HEADER)));
        }
        boolean empty = head.length == HEADER || head[HEADER] == 0;
        if (empty) {
            return segment.isOpen() ? null : "expected: entries from " + segment.first() + " on found: none";
        }
        return firstEntry(segment, head);
    }

    /** Whether there is nothing but zeros behind what there is of the header, and not more of them than there may be. */
    private boolean isJustBegun(SegmentFiles.Segment segment, int headerBytes) throws IOException {
        if (layer.size(segment.path()) > SegmentBytes.PREALLOCATED_MAX) {
            return false;
        }
        byte[] bytes = layer.read(segment.path());
        for (int i = headerBytes; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String firstEntry(SegmentFiles.Segment segment, byte[] head) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(head, HEADER, head.length - HEADER);
        long length;
        long index;
        long end;
        try {
            length = in.readRawVarint32();
            end = HEADER + in.getTotalBytesRead() + length + CHECKSUM;
            index = index(in);
        } catch (IOException e) { // Within a few bytes: the file ends there, or they are none of an entry.
            return segment.isOpen() ? null : "expected: entry " + segment.first() + " found: " + e.getMessage();
        }
        if (length <= 0 || end > layer.size(segment.path())) {
            return segment.isOpen()
                    ? null
                    : "expected: entry " + segment.first() + " found: an end within it, at " + end;
        }
        return index == segment.first() ? null : "expected: entry " + segment.first() + " found: entry " + index;
    }

    /** Not written when it is 0. */
    private static long index(CodedInputStream in) throws IOException {
        int tag = in.readTag();
        if (tag == TERM_TAG) {
            in.readUInt64();
            tag = in.isAtEnd() ? 0 : in.readTag();
        }
        return tag == INDEX_TAG ? in.readUInt64() : 0;
    }
}
