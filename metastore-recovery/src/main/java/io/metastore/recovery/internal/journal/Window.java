package io.metastore.recovery.internal.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The part of a file that is in memory: {@value #BYTES} bytes, or as much as the largest entry asked for. Moves forward, and back when asked to. The file is
 * opened for reading only, and taken to be as long as it was then. Used by one thread.
 */
final class Window implements AutoCloseable {
    static final int BYTES = 1 << 20;

    private final FileChannel file;
    private final long fileBytes;

    private byte[] bytes;
    /** Offset in the file of the first byte in memory. */
    private long start;
    /** How many bytes are in memory. */
    private int length;

    Window(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            fileBytes = file.size();
            bytes = new byte[(int) Math.min(BYTES, fileBytes)];
        } catch (IOException | RuntimeException e) {
            try (file) {
                throw e;
            }
        }
    }

    long fileBytes() {
        return fileBytes;
    }

    /**
     * Makes some bytes available, as far as the file has them.
     *
     * @param offset of the first, at most the length of the file
     * @return how many there are from there in memory; less than wanted only at the end of the file
     */
    int available(long offset, int wanted) throws IOException {
        long end = start + length;
        int there = offset >= start && offset < end ? (int) (end - offset) : 0;
        return there >= wanted || (end == fileBytes && there > 0) ? there : load(offset, wanted);
    }

    /** As {@link #available}, read anew: somebody may have written there meanwhile. */
    int reload(long offset, int wanted) throws IOException {
        length = 0;
        return load(offset, wanted);
    }

    private int load(long offset, int wanted) throws IOException {
        if (wanted > bytes.length) {
            bytes = new byte[wanted];
        }
        ByteBuffer target = ByteBuffer.wrap(bytes, 0, (int) Math.min(bytes.length, fileBytes - offset));
        start = offset;
        length = 0;
        while (target.hasRemaining()) {
            int read = file.read(target, offset + target.position());
            if (read < 0) {
                break; // Shortened since it was opened.
            }
        }
        length = target.position();
        return length;
    }

    /** What is in memory. */
    byte[] bytes() {
        return bytes;
    }

    /** Where an offset of the file, which must be available, is in {@link #bytes()}. */
    int at(long offset) {
        return (int) (offset - start);
    }

    byte byteAt(long offset) {
        return bytes[at(offset)];
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
