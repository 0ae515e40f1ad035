package io.metastore.snapshot.image;

import io.metastore.api.Progress.Unit;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the digests of the files in a directory, as its manifest will list them, and tells how far that is. Used by one thread. */
final class FileDigests {

    static final String STEP = "digests of files";

    /** Digests that need not be taken. */
    @FunctionalInterface
    interface Known {
        Known NONE = (name, bytes) -> null;

        /** The digest of a file of that length, when it is known without reading; else null. */
        @Nullable
        String of(String name, long bytes) throws IOException;
    }

    private final FileLayer layer;
    private final Path directory;
    private final Known known;
    private final ImageProgress progress;

    private long total;
    private long done;
    private long readBytes;

    FileDigests(FileLayer layer, Path directory, Known known, ImageProgress progress) {
        this.layer = layer;
        this.directory = directory;
        this.known = known;
        this.progress = progress;
    }

    /** Of the files with these names, in this order. */
    List<ImageFile> take(List<String> names) throws IOException {
        total = 0;
        done = 0;
        for (String name : names) {
            total += layer.size(directory.resolve(name));
        }
        List<ImageFile> files = new ArrayList<>();
        for (String name : names) {
            files.add(take(name));
        }
        return files;
    }

    private ImageFile take(String name) throws IOException {
        Path file = directory.resolve(name);
        long bytes = layer.size(file);
        String digest = known.of(name, bytes);
        if (digest == null) {
            long before = readBytes;
            digest = Sha256.of(layer, file, read -> {
                readBytes += read;
                progress.advanced(STEP, done + readBytes - before, total, Unit.BYTES);
            });
        }
        done += bytes;
        progress.advanced(STEP, done, total, Unit.BYTES);
        return new ImageFile(name, bytes, digest);
    }

    /** How much had to be read, also when taking them failed. */
    long readBytes() {
        return readBytes;
    }
}
