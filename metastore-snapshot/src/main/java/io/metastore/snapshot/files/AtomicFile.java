package io.metastore.snapshot.files;

import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * New content of a small file that appears whole or not at all. {@link #write} puts it under a temporary name and forces it; {@link #publish}
 * gives it its name, durably. Not for two writers of one file at a time.
 */
public final class AtomicFile {

    private static final String TEMPORARY_SUFFIX = ".tmp";

    private final FileLayer layer;
    private final Path file;
    private final byte[] bytes;

    private AtomicFile(FileLayer layer, Path file, byte[] bytes) {
        this.layer = layer;
        this.file = file;
        this.bytes = bytes.clone();
    }

    /**
     * Writes and forces the temporary file, in place of one left over. The file itself is as before, also when this fails; unless it failed by
     * {@link FileLayer.ForceFailedException} it may be tried again.
     */
    public static AtomicFile write(FileLayer layer, Path file, byte[] bytes) throws IOException {
        deleteLeftover(layer, file);
        layer.writeNew(temporary(file), bytes);
        return new AtomicFile(layer, file, bytes);
    }

    /**
     * Puts the new content in place; durable and read back when it returns. When it fails the file holds the old or the new content, and which of
     * them survives a power loss is not known: whoever goes on must read it anew.
     */
    public void publish() throws IOException {
        layer.rename(temporary(file), file);
        layer.forceDirectory(parent(file));
        byte[] found = layer.read(file);
        if (!Arrays.equals(bytes, found)) {
            throw new IOException("a file does not hold what was just written and forced: file=" + file
                    + " expectedBytes=" + bytes.length + " foundBytes=" + found.length);
        }
    }

    /** {@link #write}, then {@link #publish}. */
    public static void replace(FileLayer layer, Path file, byte[] bytes) throws IOException {
        write(layer, file, bytes).publish();
    }

    /** Deletes what a write that was cut off left behind; not durable by itself, as it does no harm. */
    public static void deleteLeftover(FileLayer layer, Path file) throws IOException {
        if (layer.kind(temporary(file)) != Kind.ABSENT) {
            layer.delete(temporary(file));
        }
    }

    /** The name under which new content of {@code file} is prepared. */
    public static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file needs a directory: file=" + file);
        }
        return parent;
    }
}
