package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes a new file through the file layer, a piece at a time that the disk takes at once, or else forced now and then: a long file that goes to the disk in one
 * burst at its end has the journal on the same disk wait for all of it. Not durable before the file is forced. Used by one thread.
 */
final class LayerOutputStream extends OutputStream {

    static final int FORCED_BYTES = 4 * FileLayer.COPY_BYTES;

    private final FileLayer layer;
    private final Path file;
    private final byte[] buffer = new byte[FileLayer.COPY_BYTES];
    private int buffered;
    private long written;
    private long unforced;

    /** @param file must not exist */
    LayerOutputStream(FileLayer layer, Path file) throws IOException {
        this.layer = layer;
        this.file = file;
        layer.write(file, 0, new byte[0]);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, buffer.length - buffered);
            System.arraycopy(bytes, offset + done, buffer, buffered, count);
            buffered += count;
            done += count;
            if (buffered == buffer.length) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (buffered > 0) {
            boolean taken = layer.writeThrough(file, written, Arrays.copyOf(buffer, buffered));
            unforced += taken ? 0 : buffered;
            written += buffered;
            buffered = 0;
            if (unforced >= FORCED_BYTES) {
                layer.force(file);
                unforced = 0;
            }
        }
    }

    /** Bytes that are in the file; what is buffered does not count. */
    long written() {
        return written;
    }
}
