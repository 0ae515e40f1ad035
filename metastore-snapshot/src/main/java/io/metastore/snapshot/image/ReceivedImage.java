package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetastoreException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An image that is being received, in {@code image.receiving/}. Survives a crash: what was written is looked at again and resumed. Used by one thread, but for
 * {@link #isAsPromised}.
 *
 * <p>What survives: after a process that ended everything that was written; after a power loss the files that were complete, and of the one under way what the
 * system happened to have written. What it only seems to have written is noticed by the digest, and that file is fetched anew.
 *
 * <p>The digest of a file is that of the bytes that came; what the disk made of them is read when all is {@link #complete completed}, or, by another thread, while
 * the next files come: {@link #isAsPromised} and {@link #readBack}.
 *
 * <p>After an error of the disk the object is of no use any more: whoever goes on receives anew, which looks at what is there. What could not be forced was
 * deleted then, because it cannot be forced again.
 */
public final class ReceivedImage {

    /** Left free on the file system of the image, for the journal and the state: receiving is refused before it comes so far. */
    public static final long RESERVE_BYTES = 64L << 20;

    private final FileLayer files;
    private final Path imageDirectory;
    private final ImageManifest manifest;
    private final ContentCheck content;
    private final ReceivingDirectory directory;
    /** Bytes there are of each file; absent: none. */
    private final Map<String, Long> received;

    /** Complete files that were read from the disk since. */
    private final Set<String> readBack = new HashSet<>();

    private @Nullable Exception failure;

    /** What is still to come of a file: everything from {@code offset} on. */
    public record Missing(ImageFile file, long offset) {}

    /**
     * Begins, or goes on where an earlier one of the same bytes stopped.
     *
     * @param receivingDirectory where it is received; what is there of another image is deleted
     * @param imageDirectory its name once it is published; nothing has that name
     * @param manifest as the sender has it
     * @throws CorruptStateException the manifest is not one that can be received; nothing was changed
     * @throws DirectoryUnusableException there is not enough space, or the directory cannot be read or written
     * @throws StoreFailedException it could not be forced; nothing may be forced again before the directory is opened again
     */
    ReceivedImage(FileLayer files, Path receivingDirectory, Path imageDirectory, ImageManifest manifest) {
        this(files, receivingDirectory, imageDirectory, manifest, new StateCheck());
    }

    ReceivedImage(
            FileLayer files,
            Path receivingDirectory,
            Path imageDirectory,
            ImageManifest manifest,
            ContentCheck content) {
        this.files = files;
        this.imageDirectory = imageDirectory;
        this.manifest = manifest;
        this.content = content;
        this.directory = new ReceivingDirectory(files, receivingDirectory, manifest);
        long total = checkedTotal(manifest);
        try {
            if (files.kindOfName(imageDirectory) != Kind.ABSENT) {
                throw new DirectoryUnusableException(
                        "an image cannot be received where something is already: directory=" + imageDirectory
                                + "; delete it, or use it");
            }
            received = directory.open();
            checkSpace(total - receivedBytes(), RESERVE_BYTES);
        } catch (IOException e) {
            throw stoppedOrFailed("begin", e);
        }
        for (ImageFile file : manifest.files()) {
            if (file.bytes() == 0 && !received.containsKey(file.name())) {
                finish(file);
            }
        }
    }

    private static long checkedTotal(ImageManifest manifest) {
        long total = 0;
        for (ImageFile file : manifest.files()) {
            String name = file.name();
            boolean reserved = name.endsWith(ReceivingDirectory.PART)
                    || name.equals(name(AtomicFile.temporary(Path.of(ImageManifest.FILE))));
            if (reserved || total + file.bytes() < 0) {
                throw new CorruptStateException("a manifest cannot be received: index="
                        + manifest.position().index() + " file=" + name + " bytes=" + file.bytes()
                        + (reserved ? " reason=the name is used here" : " reason=more bytes than can be")
                        + "; nothing was changed; look at the member that sent it");
            }
            total += file.bytes();
        }
        return total;
    }

    /**
     * Checks again, for somebody who wants more left free.
     *
     * @throws DirectoryUnusableException there is not enough space; what was received is kept
     */
    void requireSpace(long reserve) {
        try {
            checkSpace(manifest.bytes() - receivedBytes(), reserve);
        } catch (IOException e) {
            throw stoppedOrFailed("begin", e);
        }
    }

    private void checkSpace(long needed, long reserve) throws IOException {
        long available = files.usableSpace(directory.path());
        if (needed > available - reserve) {
            throw new DirectoryUnusableException("there is not enough space to receive an image: directory="
                    + directory.path() + " needed=" + needed + " reserve=" + reserve + " available=" + available
                    + "; free space on its file system; what was received is kept");
        }
    }

    public ImageManifest manifest() {
        return manifest;
    }

    /** How many bytes are there; all of them when nothing is {@link #missing}. */
    public long receivedBytes() {
        return received.values().stream().mapToLong(Long::longValue).sum();
    }

    /** In the order in which it is to be fetched; empty when everything is there. */
    public List<Missing> missing() {
        List<Missing> missing = new ArrayList<>();
        for (ImageFile file : manifest.files()) {
            long offset = offset(file.name());
            if (offset < file.bytes() || !received.containsKey(file.name())) {
                missing.add(new Missing(file, offset));
            }
        }
        return missing;
    }

    private long offset(String name) {
        return received.getOrDefault(name, 0L);
    }

    /**
     * Takes the next bytes of a file. The last ones complete it: its digest is verified, and it is durable when this returns.
     *
     * @param bytes at least one
     * @return whether they were the last ones
     * @throws CorruptStateException the manifest has no such file, or the bytes are not the next ones, or too many, and nothing was written; or they were the
     *     last ones and the file is not what the manifest says: it was deleted and is {@link #missing} from its beginning
     * @throws DirectoryUnusableException it could not be written; see the class
     */
    public boolean write(String name, long offset, byte[] bytes) {
        checkUsable();
        ImageFile file = manifest.file(name);
        if (file == null || bytes.length == 0 || offset != offset(name) || bytes.length > file.bytes() - offset) {
            throw new CorruptStateException("received bytes are not the next ones of a file: index="
                    + manifest.position().index() + " file=" + name + " offset=" + offset + " bytes=" + bytes.length
                    + " expectedOffset=" + (file == null ? "none" : String.valueOf(offset(name))) + " fileBytes="
                    + (file == null ? "none" : String.valueOf(file.bytes())) + "; nothing was written");
        }
        try {
            directory.append(name, offset, bytes);
        } catch (IOException e) {
            throw failed("write " + name, e);
        }
        if (offset + bytes.length == file.bytes()) {
            finish(file);
            return true;
        }
        received.put(name, offset + bytes.length);
        return false;
    }

    private void finish(ImageFile file) {
        boolean sound;
        try {
            sound = directory.finish(file);
        } catch (IOException e) {
            throw failed("complete " + file.name(), e);
        }
        if (sound) {
            received.put(file.name(), file.bytes());
        } else {
            received.remove(file.name());
            throw new CorruptStateException("a received file is not what the manifest says: index="
                    + manifest.position().index() + " file=" + file.name() + " bytes=" + file.bytes()
                    + " expectedSha256=" + file.sha256() + "; it was deleted, fetch it again");
        }
    }

    /**
     * Whether a file that is complete is on the disk what the manifest says. Changes nothing and tells nobody; any thread, also while other files are written.
     *
     * @param readBytes told how many bytes were read since it was told last; what it throws ends the reading
     * @throws IOException it could not be read
     */
    public boolean isAsPromised(ImageFile file, LongConsumer readBytes) throws IOException {
        return directory.isAsPromised(file, readBytes);
    }

    /** A file that is complete {@link #isAsPromised}: it is not read again, unless it is something else by the end. */
    public void readBack(ImageFile file) {
        readBack.add(file.name());
    }

    /** {@link #complete(String, LongConsumer)} without listening. */
    public PersistedImage complete(String sender) {
        return complete(sender, bytes -> {});
    }

    /**
     * Verifies everything that was received and publishes it: sizes and digests, then the state in it, opened in isolation, by position, revision and fingerprint.
     * Durable when it returns.
     *
     * @param sender named in its provenance
     * @param verifiedBytes told how many bytes more are verified, four times a MiB, of files that were not read back before; what it throws ends the
     *     verification and changes nothing
     * @throws CorruptStateException a file is not what the manifest says; it was deleted and is {@link #missing} again. Or the state is not what the manifest
     *     says: nothing of it is left, and this object is of no use any more
     * @throws DirectoryUnusableException it could not be read or published, and is not published; see the class
     * @throws StoreFailedException it could not be forced, and is not published; nothing may be forced again before the directory is opened again
     */
    public PersistedImage complete(String sender, LongConsumer verifiedBytes) {
        checkUsable();
        if (!missing().isEmpty()) {
            throw new IllegalStateException(
                    "an image is not complete: index=" + manifest.position().index() + " missing=" + missing());
        }
        try {
            verifyFiles(verifiedBytes);
            directory.deleteStrangers();
            checkContent();
        } catch (IOException e) {
            throw failed("verify", e);
        }
        return publish(sender);
    }

    private void verifyFiles(LongConsumer verifiedBytes) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (ImageFile file : manifest.files()) {
            if (!isReadBack(file) && !directory.verify(file, verifiedBytes)) {
                received.remove(file.name());
                readBack.remove(file.name());
                wrong.add(file.name());
                if (file.bytes() == 0) {
                    finish(file); // Nothing to fetch.
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new CorruptStateException("received files are not what the manifest says: index="
                    + manifest.position().index() + " files=" + wrong + "; they were deleted, fetch them again");
        }
    }

    /** And has not been replaced since by something that can be told without reading it. */
    private boolean isReadBack(ImageFile file) throws IOException {
        return readBack.contains(file.name()) && directory.isComplete(file);
    }

    private void checkContent() throws IOException {
        try {
            content.check(directory.path(), manifest);
        } catch (CorruptStateException e) {
            failure =
                    e; // Every file is as promised, so it is the promise that is false: nothing of it is worth keeping.
            files.deleteTree(directory.path());
            throw e;
        }
    }

    private PersistedImage publish(String sender) {
        try {
            PersistedImage image = Publication.publish(
                    files,
                    directory.path(),
                    imageDirectory,
                    manifest.withProvenance(new Provenance(Provenance.Kind.RECEIVED, sender)));
            failure = new IllegalStateException("it is published");
            return image;
        } catch (IOException e) {
            withdraw(e);
            throw stoppedOrFailed("publish", e);
        }
    }

    /** Nobody may find an image of which nobody knows whether it would survive. */
    private void withdraw(IOException cause) {
        try {
            if (files.kindOfName(imageDirectory) == Kind.ABSENT) {
                return;
            }
            files.rename(
                    imageDirectory, directory.path()); // At once, so that there is never half of it under that name.
            files.forceDirectory(directory.parent());
            files.deleteTree(directory.path());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** The names in the directory of all images cannot be made anew like those in a directory of one: when they could not be forced nobody goes on. */
    private MetastoreException stoppedOrFailed(String doing, IOException cause) {
        DirectoryUnusableException failed = failed(doing, cause);
        if (!(cause instanceof ForceFailedException)) {
            return failed;
        }
        return new StoreFailedException(
                "what was written for an image could not be forced to disk: directory=" + imageDirectory + " while="
                        + doing + " error=" + cause + "; check the disk and the kernel log, then open again",
                cause);
    }

    /** What could not be forced must not be found by whoever comes next, and be forced again. */
    private DirectoryUnusableException failed(String doing, IOException cause) {
        failure = cause;
        if (cause instanceof ForceFailedException) {
            try {
                files.deleteTree(directory.path());
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
        return new DirectoryUnusableException(
                "an image cannot be received: directory=" + directory.path() + " while=" + doing + " error=" + cause
                        + "; check the disk and its space, then receive it again",
                cause);
    }

    private void checkUsable() {
        if (failure != null) {
            throw new IllegalStateException(
                    "an image is not received any more: directory=" + directory.path() + " reason=" + failure, failure);
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
