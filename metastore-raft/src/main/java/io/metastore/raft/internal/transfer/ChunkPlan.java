package io.metastore.raft.internal.transfer;

import io.metastore.snapshot.image.ReceivedImage.Missing;
import java.util.List;

/** Cuts what is missing of an image into pieces, in the order in which they are to be written. */
final class ChunkPlan {

    /** A piece of a file. */
    record Chunk(String file, long offset, int length) {

        /** The first bytes of it. */
        Chunk first(int bytes) {
            return new Chunk(file, offset, bytes);
        }

        /** What comes after those. */
        Chunk after(int bytes) {
            return new Chunk(file, offset + bytes, length - bytes);
        }
    }

    private final List<Missing> missing;
    private int current;
    private long offset;

    ChunkPlan(List<Missing> missing) {
        this.missing = missing;
        this.offset = missing.isEmpty() ? 0 : missing.get(0).offset();
    }

    boolean hasNext() {
        return current < missing.size();
    }

    Chunk next(int lengthMax) {
        Missing now = missing.get(current);
        int length = (int) Math.min(lengthMax, now.file().bytes() - offset);
        Chunk chunk = new Chunk(now.file().name(), offset, length);
        offset += length;
        if (offset >= now.file().bytes()) {
            current++;
            offset = hasNext() ? missing.get(current).offset() : 0;
        }
        return chunk;
    }
}
