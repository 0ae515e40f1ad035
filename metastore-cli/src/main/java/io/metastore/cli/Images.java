package io.metastore.cli;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Images in directories, looked for without changing anything. */
final class Images {
    private static final String NAME = "image\\.(0|[1-9][0-9]{0,17})";

    /** What file systems put into the root of a disk. */
    private static final String LOST_AND_FOUND = "lost+found";

    private final FileLayer layer = new DiskFileLayer();

    FileLayer layer() {
        return layer;
    }

    boolean isFile(Path path) {
        try {
            return layer.kind(path) == Kind.FILE;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Refuses a directory in which there is anything: a store that is there already would be opened, and the file not looked at. */
    void requireEmpty(Path directory) {
        try {
            List<String> names = layer.kind(directory) == Kind.ABSENT
                    ? List.of()
                    : layer.list(directory).stream()
                            .filter(name -> !name.equals(LOST_AND_FOUND))
                            .toList();
            if (!names.isEmpty()) {
                throw new RefusedException("the directory is not empty, nothing was changed: directory=" + directory
                        + " found=" + names.subList(0, Math.min(10, names.size())) + "; choose another one");
            }
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** What has the name of an image in the live epoch of a member, the newest first; or the directory itself when it is an image. */
    List<Path> directories(Path path) {
        try {
            if (layer.kind(path.resolve(ImageManifest.FILE)) == Kind.FILE) {
                return List.of(path);
            }
            List<Path> found = new ArrayList<>();
            for (JournalPlace place : JournalInspector.places(path)) {
                Path images = place.epochDirectory()
                        .map(epoch -> epoch.resolve("image"))
                        .orElse(path);
                if (place.live() && layer.kind(images) == Kind.DIRECTORY) {
                    layer.list(images).stream()
                            .filter(name -> name.matches(NAME))
                            .map(images::resolve)
                            .forEach(found::add);
                }
            }
            found.sort(Comparator.comparingLong(Images::index).reversed());
            return found;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static long index(Path directory) {
        return Long.parseLong(String.valueOf(directory.getFileName()).substring("image.".length()));
    }

    /**
     * The image in a directory.
     *
     * @throws CorruptStateException its manifest is damaged, or it was found damaged before
     */
    PersistedImage image(Path directory) {
        try {
            if (layer.kindOfName(directory.resolve("UNSOUND")) != Kind.ABSENT) {
                throw new CorruptStateException(
                        "image was found to be damaged before, see its file UNSOUND: directory=" + directory);
            }
            Path manifest = directory.resolve(ImageManifest.FILE);
            return new PersistedImage(directory, ManifestCodec.decode(manifest, layer.read(manifest)));
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static DirectoryUnusableException unreadable(Path path, IOException cause) {
        return new DirectoryUnusableException(
                "image cannot be read: path=" + path + " cause=" + cause + "; check the path and its permissions",
                cause);
    }
}
