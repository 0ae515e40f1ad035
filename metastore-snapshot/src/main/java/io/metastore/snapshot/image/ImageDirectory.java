package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.Trash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names in the directory of images, and what stands behind them. Whoever calls sees to it that one thread at a time changes names.
 *
 * <p>An image becomes complete before it gets its name, and loses its name before its first file is deleted. What has the name of an image and is not sound
 * was therefore damaged later, by somebody else.
 */
final class ImageDirectory {

    private static final Logger log = LoggerFactory.getLogger(ImageDirectory.class);

    private static final Pattern PUBLISHED = Pattern.compile("image\\.(0|[1-9][0-9]{0,17})");
    private static final Pattern DELETING = Pattern.compile("image\\.(0|[1-9][0-9]{0,17})\\.deleting");
    /** Beside the files of an image that was found to be damaged. */
    private static final String MARK = "UNSOUND";

    private static final String MARK_FORMAT = "metastore-unsound";
    private static final int MARK_VERSION = 1;
    private static final int REASON_MAX = 500;
    private static final String MAKING = "image.ckpt";
    /** RocksDB makes a checkpoint under this name first. */
    private static final String MAKING_TEMPORARY = MAKING + ".tmp";

    private final FileLayer files;
    private final Path path;
    private final Lineage lineage;
    /** Null before it is known, as while the images are opened. */
    private volatile @Nullable Trash trash;

    ImageDirectory(FileLayer files, Path path, Lineage lineage) {
        this.files = files;
        this.path = path;
        this.lineage = lineage;
    }

    Path path() {
        return path;
    }

    void deleteThrough(Trash by) {
        trash = by;
    }

    /** Where an image is made. */
    Path making() {
        return path.resolve(MAKING);
    }

    /** Where an image is received. */
    Path receiving() {
        return path.resolve("image.receiving");
    }

    /** Where the image of an index is when it is published. */
    Path published(long index) {
        return path.resolve("image." + index);
    }

    /** The index in the name of what has the name of an image. */
    long index(Path published) {
        Matcher name = PUBLISHED.matcher(String.valueOf(published.getFileName()));
        if (!name.matches()) {
            throw new IllegalArgumentException("not the name of an image: path=" + published);
        }
        return Long.parseLong(name.group(1));
    }

    private Path deleting(long index) {
        return path.resolve("image." + index + ".deleting");
    }

    /** What has the name of an image: sound ones, newest first, and the others. Everything found is durable when this returns. */
    Contents read() throws IOException {
        files.forceDirectory(path); // A process that died may have named an image without getting so far.
        List<PersistedImage> images = new ArrayList<>();
        List<ImageStore.Unsound> unsound = new ArrayList<>();
        for (Path named : named()) {
            try {
                images.add(check(named));
            } catch (CorruptStateException | IOException e) {
                unsound.add(new ImageStore.Unsound(named, String.valueOf(e.getMessage())));
            }
        }
        images.sort(Comparator.comparingLong(PersistedImage::index).reversed());
        return new Contents(images, unsound);
    }

    /** What has the name of an image. */
    List<Path> named() throws IOException {
        return files.list(path).stream()
                .filter(name -> PUBLISHED.matcher(name).matches())
                .map(path::resolve)
                .toList();
    }

    /** Sound images, newest first, and what is none. */
    record Contents(List<PersistedImage> images, List<ImageStore.Unsound> unsound) {
        Contents {
            images = List.copyOf(images);
            unsound = List.copyOf(unsound);
        }
    }

    /** Reads what has the name of an image; contents of files other than the manifest are not looked at. */
    PersistedImage check(Path directory) throws IOException {
        PersistedImage image = new PersistedImage(directory, complete(directory));
        if (!directory.equals(published(image.index()))) {
            throw ImageErrors.damaged(directory, ImageManifest.FILE, "the index in the name", image.index());
        }
        Path mark = directory.resolve(MARK);
        if (files.kindOfName(mark) != Kind.ABSENT) {
            throw ImageErrors.damaged(directory, MARK, "no such file", reason(mark));
        }
        return image;
    }

    /** It is there, so the image is damaged, also when the mark itself is. */
    private String reason(Path mark) throws IOException {
        try {
            return Facts.read(mark, files.read(mark), MARK_FORMAT, MARK_VERSION).build(facts -> facts.text("reason"));
        } catch (CorruptStateException | DirectoryMismatchException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Writes beside the files of an image that it is damaged; durable when it returns. */
    void mark(long index, String reason) throws IOException {
        String line = reason.replaceAll("[^ -~]+", " ");
        byte[] text = new FactText(MARK_FORMAT, MARK_VERSION)
                .with("reason", line.substring(0, Math.min(line.length(), REASON_MAX)))
                .bytes();
        AtomicFile.replace(files, published(index).resolve(MARK), text);
    }

    /** The manifest of a directory that has everything that its manifest lists and is of this lineage. */
    private ImageManifest complete(Path directory) throws IOException {
        require(directory, ".", Kind.DIRECTORY, files.kindOfName(directory));
        Path file = directory.resolve(ImageManifest.FILE);
        require(directory, ImageManifest.FILE, Kind.FILE, files.kindOfName(file));
        ImageManifest manifest = ManifestCodec.decode(file, files.read(file));
        if (!lineage.contains(manifest)) {
            throw ImageErrors.damaged(
                    directory,
                    ImageManifest.FILE,
                    lineage,
                    new Lineage(manifest.clusterId(), manifest.store(), manifest.epoch()));
        }
        for (ImageFile listed : manifest.files()) {
            Path there = directory.resolve(listed.name());
            require(directory, listed.name(), Kind.FILE, files.kindOfName(there));
            require(directory, listed.name(), listed.bytes() + " bytes", files.size(there) + " bytes");
        }
        return manifest;
    }

    private static void require(Path directory, String file, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw ImageErrors.damaged(directory, file, expected, found);
        }
    }

    /**
     * Deletes what was cut off while it was made or deleted. An image that was to replace another, which has lost its name already, gets that name.
     */
    void clean() throws IOException {
        files.forceDirectory(path); // What was given up must have lost its name for good before its files go.
        ImageManifest waiting = waiting();
        if (waiting != null) {
            log.info("image that was complete is published: directory={} position={}", path, waiting.position());
            place(waiting);
        }
        deleteMaking();
        for (String name : files.list(path)) {
            if (DELETING.matcher(name).matches()) {
                files.deleteTree(path.resolve(name));
            } else if (PUBLISHED.matcher(name).matches() && files.kindOfName(path.resolve(name)) == Kind.DIRECTORY) {
                AtomicFile.deleteLeftover(files, path.resolve(name).resolve(MARK));
            }
        }
    }

    private @Nullable ImageManifest waiting() throws IOException {
        if (files.kindOfName(making()) != Kind.DIRECTORY) {
            return null;
        }
        try {
            ImageManifest manifest = complete(making());
            long index = manifest.position().index();
            boolean replaces = files.kindOfName(deleting(index)) != Kind.ABSENT
                    && files.kindOfName(published(index)) == Kind.ABSENT;
            return replaces ? manifest : null;
        } catch (CorruptStateException e) {
            return null; // Cut off before it was complete.
        }
    }

    /** Deletes what was being made. */
    void deleteMaking() throws IOException {
        files.deleteTree(making());
        files.deleteTree(path.resolve(MAKING_TEMPORARY));
    }

    /** Whether there is a sound image of an index, as far as sizes tell. */
    boolean isSound(long index) throws IOException {
        try {
            check(published(index));
            return true;
        } catch (CorruptStateException e) {
            return false;
        }
    }

    /**
     * Whether what has the name of an image is one of this lineage that nobody can use any more: not when it is sound, when another build may be able to read
     * it, or when it is no directory with a manifest.
     */
    boolean isDamaged(long index) throws IOException {
        Path file = published(index).resolve(ImageManifest.FILE);
        if (files.kindOfName(published(index)) != Kind.DIRECTORY || files.kindOfName(file) != Kind.FILE) {
            return false;
        }
        byte[] bytes = files.read(file);
        if (!ManifestCodec.isWhole(bytes)) {
            return true;
        }
        try {
            return lineage.contains(ManifestCodec.decode(file, bytes)) && !isSound(index);
        } catch (CorruptStateException e) {
            return false;
        }
    }

    /** Whether there is an image of another lineage, which is not ours to delete. */
    private boolean isOfOthers(Path published) throws IOException {
        Path file = published.resolve(ImageManifest.FILE);
        if (files.kindOfName(published) != Kind.DIRECTORY || files.kindOfName(file) != Kind.FILE) {
            return false;
        }
        try {
            return !lineage.contains(ManifestCodec.decode(file, files.read(file)));
        } catch (CorruptStateException e) {
            return false;
        }
    }

    /**
     * Gives the sealed directory in which an image was made its name, in place of what has it. Durable when it returns. When it fails, everything has its
     * name of before again.
     *
     * @throws ForceFailedException nobody knows which name has what after a power loss: nothing more may be deleted
     * @throws CorruptStateException what has the name is of another lineage; nothing was changed
     */
    PersistedImage place(ImageManifest manifest) throws IOException {
        long index = manifest.position().index();
        Path published = published(index);
        if (isOfOthers(published)) {
            throw new CorruptStateException(
                    "the name of an image is taken by one of another cluster or epoch: directory=" + published
                            + " expected: " + lineage + "; nothing was changed; move it away");
        }
        boolean setAside = files.kindOfName(published) != Kind.ABSENT;
        PersistedImage image;
        try {
            if (setAside) {
                log.warn("image is replaced by another of the same index: directory={}", published);
                files.forceDirectory(path); // From here on the new one is found again, even if it has no name yet.
                setAside(index);
            }
            image = Publication.name(files, making(), published, manifest);
        } catch (ForceFailedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            takeBack(index, setAside, e);
            throw e;
        }
        if (setAside) {
            try {
                files.deleteTree(deleting(index));
            } catch (IOException e) {
                log.warn("image that was replaced cannot be deleted: directory={}", deleting(index), e);
            }
        }
        return image;
    }

    /** Everything gets its name of before. Durably, as the new image is deleted next. */
    private void takeBack(long index, boolean setAside, Exception cause) throws ForceFailedException {
        try {
            if (files.kindOfName(making()) == Kind.ABSENT) {
                files.rename(published(index), making());
            }
            if (setAside && files.kindOfName(published(index)) == Kind.ABSENT) {
                files.rename(deleting(index), published(index));
            }
            files.forceDirectory(path);
        } catch (ForceFailedException e) {
            e.addSuppressed(cause);
            throw e;
        } catch (IOException e) {
            ForceFailedException unknown = new ForceFailedException("cannot take back the name of an image", e);
            unknown.addSuppressed(cause);
            throw unknown;
        }
    }

    /** Takes the name from what has it. Afterwards nobody finds it; not durable yet. */
    void setAside(long index) throws IOException {
        files.deleteTree(deleting(index)); // Of an earlier deletion that failed.
        files.rename(published(index), deleting(index));
    }

    /** Makes it durable that it has lost its name, then deletes its files: a power loss may bring them back only where nobody takes them for an image. */
    void deleteSetAside(long index) throws IOException {
        files.forceDirectory(path);
        Path deleting = deleting(index);
        Trash by = trash;
        if (by == null) {
            files.deleteTree(deleting);
            return;
        }
        List<Path> doomed = new ArrayList<>();
        if (files.kindOfName(deleting) == Kind.DIRECTORY) {
            for (String name : files.list(deleting)) {
                if (files.kindOfName(deleting.resolve(name)) == Kind.FILE) {
                    doomed.add(deleting.resolve(name));
                }
            }
        }
        by.delete(doomed, () -> files.deleteTree(deleting));
    }
}
