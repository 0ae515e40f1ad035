package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** The files of an image against its manifest: exactly those, each an ordinary file of the right length and digest. */
final class ImageFiles {

    private ImageFiles() {}

    /** No file too many or missing, no links, no odd kinds, and the right lengths. Reads no contents but that of the manifest. */
    static void checkNames(FileLayer layer, Path directory, ImageManifest manifest) throws IOException {
        Kind kind = layer.kindOfName(directory);
        if (kind != Kind.DIRECTORY) {
            throw ImageErrors.damaged(directory, ".", Kind.DIRECTORY, kind);
        }
        Set<String> listed = manifest.files().stream().map(ImageFile::name).collect(Collectors.toSet());
        for (String name : layer.list(directory)) {
            if (!name.equals(ImageManifest.FILE) && !listed.contains(name)) {
                throw ImageErrors.damaged(directory, name, "no such file", "one that the manifest does not list");
            }
        }
        checkManifest(layer, directory, manifest);
        for (ImageFile file : manifest.files()) {
            checkOrdinary(layer, directory, file.name());
            long found = layer.size(directory.resolve(file.name()));
            if (found != file.bytes()) {
                throw ImageErrors.damaged(directory, file.name(), file.bytes() + " bytes", found + " bytes");
            }
        }
    }

    private static void checkManifest(FileLayer layer, Path directory, ImageManifest manifest) throws IOException {
        checkOrdinary(layer, directory, ImageManifest.FILE);
        Path path = directory.resolve(ImageManifest.FILE);
        ImageManifest found = ManifestCodec.decode(path, layer.read(path));
        if (!found.equals(manifest)) {
            throw ImageErrors.damaged(directory, ImageManifest.FILE, manifest, found);
        }
    }

    private static void checkOrdinary(FileLayer layer, Path directory, String name) throws IOException {
        Kind kind = layer.kindOfName(directory.resolve(name));
        if (kind != Kind.FILE) {
            throw ImageErrors.damaged(directory, name, Kind.FILE, kind);
        }
    }

    /**
     * The length of a file and the digest of its contents.
     *
     * @param read told how many bytes were read since it was told last
     */
    static void checkContents(FileLayer layer, Path directory, ImageFile file, LongConsumer read) throws IOException {
        checkDigest(directory, file, Sha256.of(layer, directory.resolve(file.name()), read));
    }

    static void checkDigest(Path image, ImageFile file, String found) {
        if (!found.equals(file.sha256())) {
            throw ImageErrors.damaged(image, file.name(), "SHA-256 " + file.sha256(), "SHA-256 " + found);
        }
    }
}
