package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The files of an image that is being received. One that is not complete is called {@code <name>.part}; one that has its own name was complete, had the right
 * digest and was forced. {@code MANIFEST} says of which image they are; it is there before any of them.
 *
 * <p>Nothing here follows a symbolic link: whoever can write into this directory must not make the member write elsewhere. What is in the way is deleted.
 * Durability is said at each method. Used by one thread.
 */
final class ReceivingDirectory {

    static final String PART = ".part";

    /**
     * So much of a part is forced at a time, unless the disk takes each piece at once. What is written and not forced goes to the disk in one burst, and the journal
     * of a member on the same disk waits behind it: at 32 MiB, a whole file, the slowest writes took twice as long. At 1 MiB they wait for the forces instead, and
     * all of it takes a fourth longer.
     */
    static final int FORCED_BYTES = 4 << 20;

    private final FileLayer files;
    private final Path directory;
    private final Path parent;
    private final ImageManifest manifest;

    /** Of the part that is being written, as long as all of it came through here; null: it is to be read. */
    private @Nullable Running running;

    /** Of the part that is being written, in the cache of the system. */
    private long unforced;

    /** So that a part which is complete need not be read again for its digest. */
    private static final class Running {
        private final String name;
        private final Sha256 sha256 = new Sha256();
        private long bytes;

        Running(String name) {
            this.name = name;
        }

        boolean isOf(String part, long offset) {
            return name.equals(part) && bytes == offset;
        }

        void add(byte[] next) {
            sha256.update(next, next.length);
            bytes += next.length;
        }
    }

    ReceivingDirectory(FileLayer files, Path directory, ImageManifest manifest) {
        this.files = files;
        this.directory = directory;
        this.manifest = manifest;
        this.parent = parent(directory);
    }

    Path path() {
        return directory;
    }

    /** Where it is, and where the image will be. */
    Path parent() {
        return parent;
    }

    /**
     * Makes it the directory of this image: as it was left when it is of this image already, else empty. Itself and its manifest are durable then.
     *
     * @return how many bytes of each file are there; absent: none. Only a file that is all there has its own name
     */
    Map<String, Long> open() throws IOException {
        if (!isOfThisImage()) {
            files.deleteTree(directory);
            files.createDirectory(directory);
            files.forceDirectory(parent);
            AtomicFile.replace(files, directory.resolve(ImageManifest.FILE), ManifestCodec.encode(manifest));
        }
        return survey();
    }

    private boolean isOfThisImage() throws IOException {
        Path file = directory.resolve(ImageManifest.FILE);
        if (files.kindOfName(directory) != Kind.DIRECTORY || files.kindOfName(file) != Kind.FILE) {
            return false;
        }
        try {
            return ContentDigest.same(manifest, ManifestCodec.decode(file, files.read(file)));
        } catch (CorruptStateException e) {
            return false; // Without it nothing else there is of use.
        }
    }

    /** Deletes what can be of no use. */
    private Map<String, Long> survey() throws IOException {
        Map<String, Long> found = new HashMap<>();
        for (String entry : files.list(directory)) {
            if (entry.equals(ImageManifest.FILE)) {
                continue;
            }
            Path path = directory.resolve(entry);
            boolean part = entry.endsWith(PART);
            String name = part ? entry.substring(0, entry.length() - PART.length()) : entry;
            ImageFile file = manifest.file(name);
            long size = file != null && files.kindOfName(path) == Kind.FILE ? files.size(path) : -1;
            if (file != null && isUseful(file, part, size) && !found.containsKey(name)) {
                found.put(name, size); // Sorted: a file comes before its own part.
            } else {
                files.deleteTree(path);
            }
        }
        return found;
    }

    /** Of a part that is long enough to have been forced nobody knows whether that has failed, which cannot be made good: it is fetched anew. */
    private static boolean isUseful(ImageFile file, boolean part, long size) {
        return part ? size > 0 && size < Math.min(FORCED_BYTES, file.bytes()) : size == file.bytes();
    }

    /** Writes the next bytes of a part; not durable, though forced now and then. After an error the part may hold any of them. */
    void append(String name, long offset, byte[] bytes) throws IOException {
        Path part = part(name);
        Running digest = offset == 0 ? new Running(name) : running;
        running = null; // Until it is known that these bytes were written.
        if (offset == 0) {
            create(part);
        } else if (files.kindOfName(part) != Kind.FILE || files.size(part) != offset) {
            throw new IOException("a file changed while it was received: file=" + part + " expectedBytes=" + offset);
        }
        boolean taken = files.writeThrough(part, offset, bytes);
        if (digest != null && digest.isOf(name, offset)) {
            digest.add(bytes);
            running = digest;
        }
        unforced = (offset == 0 ? 0 : unforced) + (taken ? 0 : bytes.length);
        if (unforced >= FORCED_BYTES) {
            files.force(part);
            unforced = 0;
        }
    }

    /** Never through a link: it fails when anything has that name. */
    private void create(Path part) throws IOException {
        try {
            files.writeNew(part, new byte[0]);
        } catch (FileAlreadyExistsException e) {
            files.deleteTree(part);
            files.writeNew(part, new byte[0]);
        }
    }

    /**
     * Gives a part that is all there its own name, durably; false when its digest is not the promised one, and it was deleted. The digest is that of the bytes which
     * were appended, if all were appended here; what the disk made of them is verified before the image is published.
     */
    boolean finish(ImageFile file) throws IOException {
        Path part = part(file.name());
        if (file.bytes() == 0) {
            create(part);
        }
        files.force(part);
        unforced = 0; // Of another part, else, which would be forced before it is so long that it is not gone on with.
        if (!digest(file, part).equals(file.sha256())) {
            files.deleteTree(part);
            return false;
        }
        Path named = directory.resolve(file.name());
        files.deleteTree(named); // Nothing, unless somebody put a directory there, which a rename would not replace.
        files.rename(part, named);
        files.forceDirectory(directory);
        return true;
    }

    private String digest(ImageFile file, Path part) throws IOException {
        Running whole = running;
        running = null;
        return whole != null && whole.isOf(file.name(), file.bytes())
                ? whole.sha256.hex()
                : Sha256.of(files, part, bytes -> {});
    }

    /** Whether a file is what the manifest says; when not, it was deleted. */
    boolean verify(ImageFile file, LongConsumer readBytes) throws IOException {
        if (isAsPromised(file, readBytes)) {
            return true;
        }
        files.deleteTree(directory.resolve(file.name()));
        return false;
    }

    /** Whether a file is what the manifest says, as the disk has it. Changes nothing; any thread. */
    boolean isAsPromised(ImageFile file, LongConsumer readBytes) throws IOException {
        if (!isComplete(file)) {
            return false;
        }
        Path path = directory.resolve(file.name());
        fetch(path, file.bytes(), readBytes);
        return Sha256.of(files, path, readBytes).equals(file.sha256());
    }

    /** Whether there is an ordinary file of that name and length. */
    boolean isComplete(ImageFile file) throws IOException {
        Path path = directory.resolve(file.name());
        return files.kindOfName(path) == Kind.FILE && files.size(path) == file.bytes();
    }

    /**
     * Has the system read a file into its cache, from the end to the beginning: it sees nothing to read ahead then, and each read is as short as it was asked for.
     * Ahead of one who reads forward it reads as much at once as the system is set to, megabytes on some; the journals on the same disk wait for that.
     */
    private void fetch(Path path, long bytes, LongConsumer readBytes) throws IOException {
        long pieces = (bytes + FileLayer.COPY_BYTES - 1) / FileLayer.COPY_BYTES;
        for (long piece = pieces - 1; piece >= 0; piece--) {
            files.read(path, piece * FileLayer.COPY_BYTES, FileLayer.COPY_BYTES);
            readBytes.accept(0); // Verified is none of it yet.
        }
    }

    /** Deletes everything that is not a file of the image: it would become part of it. */
    void deleteStrangers() throws IOException {
        for (String entry : files.list(directory)) {
            if (!entry.equals(ImageManifest.FILE) && manifest.file(entry) == null) {
                files.deleteTree(directory.resolve(entry));
            }
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("images are received below a directory: path=" + path);
        }
        return parent;
    }

    private Path part(String name) {
        return directory.resolve(name + PART);
    }
}
