package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file through the file layer, a megabyte at a time. Used by one thread. */
final class LayerInputStream extends InputStream {

    private final FileLayer layer;
    private final Path file;
    private byte[] buffer = {};
    private int next;
    private long offset;
    private @Nullable IOException failure;

    LayerInputStream(FileLayer layer, Path file) {
        this.layer = layer;
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, buffer.length - next);
        System.arraycopy(buffer, next, into, at, count);
        next += count;
        return count;
    }

    /** What went wrong with the file itself, unlike with the bytes in it; null when nothing did. */
    @Nullable
    IOException failure() {
        return failure;
    }

    private boolean fill() throws IOException {
        if (next == buffer.length) {
            try {
                buffer = layer.read(file, offset, FileLayer.COPY_BYTES);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
            next = 0;
            offset += buffer.length;
        }
        return next < buffer.length;
    }
}
