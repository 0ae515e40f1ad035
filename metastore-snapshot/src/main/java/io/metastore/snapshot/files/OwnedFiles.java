package io.metastore.snapshot.files;

import io.metastore.api.MetastoreException;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads and replaces the files of a directory that is held; what the disk refuses is a {@link io.metastore.api.DirectoryUnusableException}. */
final class OwnedFiles {
    private final FileLayer layer;
    private final Path root;

    /** @param root named in messages */
    OwnedFiles(FileLayer layer, Path root) {
        this.layer = layer;
        this.root = root;
    }

    /** What the bytes of a file say. */
    interface Decoding<T> {
        T of(byte[] bytes) throws MetastoreException;
    }

    /** Several changes. */
    interface Writing {
        void run() throws IOException;
    }

    FileLayer layer() {
        return layer;
    }

    /** Empty when there is no such file. */
    <T> Optional<T> read(Path file, Decoding<T> decoding) {
        try {
            return layer.kind(file) == Kind.ABSENT ? Optional.empty() : Optional.of(decoding.of(layer.read(file)));
        } catch (IOException e) {
            throw Refusals.unusable(root, "read " + file, e);
        }
    }

    /** @param what is done, for the message */
    void write(String what, Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw Refusals.unusable(root, what, e);
        }
    }

    /** Replaces one file; durable when it returns. */
    void replace(String what, Path file, byte[] bytes) {
        write(what, () -> AtomicFile.replace(layer, file, bytes));
    }
}
