package io.metastore.snapshot.image;

import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;

/** The last steps of every image, made here or received: its manifest, then its name. */
final class Publication {

    private Publication() {}

    /**
     * Gives a complete directory its manifest and its name as a published image; durable and read back when it returns. The files in it are forced
     * already; their names become durable here. When this fails the image may be published or not, and the directory is found under one of the names.
     *
     * @param directory all files of the image and nothing else, apart from a manifest that was cut off
     * @param published its name afterwards, in the same parent; nothing has that name
     */
    static PersistedImage publish(FileLayer files, Path directory, Path published, ImageManifest manifest)
            throws IOException {
        seal(files, directory, manifest);
        return name(files, directory, published, manifest);
    }

    /** The first half: the manifest. From here on the directory holds an image that wants only its name. */
    static void seal(FileLayer files, Path directory, ImageManifest manifest) throws IOException {
        AtomicFile.replace(files, directory.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
        files.forceDirectory(directory);
    }

    /** The second half: the name. */
    static PersistedImage name(FileLayer files, Path directory, Path published, ImageManifest manifest)
            throws IOException {
        files.rename(directory, published);
        files.forceDirectory(parent(published));
        Path file = published.resolve(ImageManifest.FILE);
        ImageManifest found = ManifestCodec.decode(file, files.read(file));
        if (!found.equals(manifest)) {
            throw new IOException("a manifest does not read back as it was written: file=" + file);
        }
        return new PersistedImage(published, manifest);
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("an image needs a directory: path=" + path);
        }
        return parent;
    }
}
