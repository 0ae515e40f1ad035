package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.Trash;
import io.metastore.snapshot.image.ImageDirectory.Contents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of one epoch, in its directory {@code image/}. The one that names, publishes and deletes them.
 *
 * <p>Callable from any thread; one image is made and one received at a time. What is returned is immutable. {@link #images} and {@link #unsound} say what this
 * object knows and touch no file.
 *
 * <p>Every image that is listed is durable. After something could not be forced, no more images are made: what is shared with it may be lost, and forcing it
 * again would not tell. Whether the image whose name could not be forced is there is seen at the next opening.
 */
public final class ImageStore {

    private static final Logger log = LoggerFactory.getLogger(ImageStore.class);

    /** So many sound images are left whatever is asked. */
    public static final int KEPT_MIN = 2;

    private final FileLayer files;
    private final ImageDirectory directory;
    private final Lineage lineage;
    private final Inspector inspector;
    private final Semaphore making = new Semaphore(1);
    /** Held while published names change. */
    private final Object names = new Object();

    private final ImageReservations reservations = new ImageReservations(names);
    /** Written under {@link #names}. */
    private final KnownImages known;

    private final ImageDeletion deletion;
    /** Guarded by {@link #names}. */
    private @Nullable ForceFailedException forceFailure;
    /** The name of the image that was made last could not be forced. Used by whoever makes one. */
    private boolean nameUnknown;

    private volatile long leftFree = ReceivedImage.RESERVE_BYTES;

    private ImageStore(
            FileLayer files, ImageDirectory directory, Lineage lineage, Inspector inspector, Contents contents) {
        this.files = files;
        this.directory = directory;
        this.lineage = lineage;
        this.inspector = inspector;
        this.known = new KnownImages(directory, contents);
        this.deletion = new ImageDeletion(directory, known, reservations, this::failed);
    }

    /**
     * Opens the images in a directory, which is created when missing. Deletes what was cut off while it was made or deleted; keeps what is being
     * received, so that it can be resumed; never touches what it does not know.
     *
     * @param directory {@code image/} of the epoch
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read or written
     */
    public static ImageStore open(FileLayer files, Path directory, Lineage lineage) {
        return open(files, directory, lineage, Inspector.real(files));
    }

    static ImageStore open(FileLayer files, Path path, Lineage lineage, Inspector inspector) {
        ImageDirectory directory = new ImageDirectory(files, path, lineage);
        try {
            files.createDirectories(path);
            directory.clean();
            Contents contents = directory.read();
            for (Unsound unsound : contents.unsound()) {
                log.warn("image is not sound: directory={} reason={}", unsound.directory(), unsound.reason());
            }
            return new ImageStore(files, directory, lineage, inspector, contents);
        } catch (IOException e) {
            throw ImageErrors.unusable("open the images", path, e);
        }
    }

    /** Published images whose manifest is sound, whose files have the right size and that are of this lineage; newest first, by position. */
    public List<PersistedImage> images() {
        return known.images();
    }

    /** What looks like an image and is none, with the reason. */
    public List<Unsound> unsound() {
        return known.unsound();
    }

    /**
     * Something that has the name of an image and is none.
     *
     * @param reason what is wrong with it, with expected and found
     */
    public record Unsound(Path directory, String reason) {}

    /** The image of an index; null when there is no sound one. */
    public @Nullable PersistedImage image(long index) {
        return known.image(index);
    }

    /** What images that are received must leave free, at least {@link ReceivedImage#RESERVE_BYTES}. */
    public void leaveFree(long bytes) {
        leftFree = Math.max(bytes, ReceivedImage.RESERVE_BYTES);
    }

    /** From now on the files of images that are deleted are freed little by little, if somebody sees to {@link Trash#free}. */
    public void deleteThrough(Trash trash) {
        directory.deleteThrough(trash);
    }

    /** Bytes that can still be written where the images are. */
    public long usableSpace() {
        try {
            return files.usableSpace(directory.path());
        } catch (IOException e) {
            throw ImageErrors.unusable("ask for free space", directory.path(), e);
        }
    }

    /** Looks at manifests and sizes of all images again. What was {@link #distrust distrusted} stays so. */
    public void recheck() {
        synchronized (names) {
            try {
                known.lookAgain();
            } catch (IOException e) {
                throw failed("look at the images again", e);
            }
        }
    }

    /**
     * From now on a published image counts as none, so that another of the same index takes its place. Its files stay. Remembered by this object only. Does nothing
     * when another has its place already.
     *
     * @param reason why not, with expected and found
     */
    public void distrust(PersistedImage image, String reason) {
        synchronized (names) {
            if (images().contains(image)) {
                log.warn("image is not used any more: directory={} reason={}", image.directory(), reason);
                known.distrust(image, reason);
            }
        }
    }

    /**
     * A published image was verified and is damaged: as {@link #distrust}, and a mark beside its files says so to whoever opens the images later. When the mark
     * cannot be written, which is logged, it shows again at the next verification only.
     */
    public void condemn(PersistedImage image, String reason) {
        synchronized (names) {
            if (images().contains(image)) {
                distrust(image, reason);
                mark(image.index(), reason);
            }
        }
    }

    /** {@link #condemn Condemns} everything that is distrusted now. */
    public void condemnDistrusted() {
        synchronized (names) {
            known.distrusted().forEach(this::mark);
        }
    }

    private void mark(long index, String reason) {
        try {
            directory.mark(index, reason);
        } catch (IOException e) {
            log.warn(
                    "damaged image could not be marked: directory={}",
                    directory.published(index),
                    failed("mark a damaged image", e));
        }
    }

    /**
     * Begins to make an image; to be closed. Waits while another is made.
     *
     * @throws StoreFailedException something could not be forced before
     * @throws io.metastore.api.DirectoryUnusableException what is left of an earlier one cannot be deleted
     */
    public PendingImage begin() {
        making.acquireUninterruptibly();
        boolean begun = false;
        try {
            synchronized (names) {
                requireForced();
            }
            directory.deleteMaking();
            begun = true;
            return new PendingImage(files, this, directory.making(), lineage, inspector);
        } catch (IOException e) {
            throw failed("delete what was not finished", e);
        } finally {
            if (!begun) {
                making.release();
            }
        }
    }

    private void requireForced() {
        if (forceFailure != null) {
            throw new StoreFailedException(
                    "no image is made after something could not be forced: directory=" + directory.path() + " reason="
                            + forceFailure + "; check the disk, then reopen the store",
                    forceFailure);
        }
    }

    /** The image that is being made is given up, unless it was published. */
    void ended() {
        try {
            if (!nameUnknown) { // Else it may have its name after a power loss, and then no file may be missing.
                directory.deleteMaking();
            }
        } catch (IOException e) {
            log.warn("image that was given up cannot be deleted: directory={}", directory.making(), e);
        } finally {
            making.release();
        }
    }

    /** Publishes what was made and verified. Returns the image that is there already when it is sound and of the same state. */
    PersistedImage publish(ImageManifest manifest) throws IOException {
        synchronized (names) {
            requireForced();
            PersistedImage there = image(manifest.position().index());
            if (there != null && isSameState(there.manifest(), manifest) && isStillSound(there)) {
                return there;
            }
            Publication.seal(files, directory.making(), manifest);
            PersistedImage image;
            try {
                image = directory.place(manifest);
            } catch (ForceFailedException e) {
                nameUnknown = true;
                throw e;
            }
            known.published(image);
            told(image);
            return image;
        }
    }

    private static boolean isSameState(ImageManifest one, ImageManifest other) {
        return one.position().equals(other.position())
                && one.revision().equals(other.revision())
                && one.fingerprint().equals(other.fingerprint());
    }

    private boolean isStillSound(PersistedImage image) throws IOException {
        try {
            return directory.check(image.directory()).equals(image);
        } catch (CorruptStateException e) {
            log.warn("image was damaged: directory={} reason={}", image.directory(), e.getMessage());
            return false;
        }
    }

    private static void told(PersistedImage image) {
        log.info(
                "image published: directory={} position={} revision={} bytes={} provenance={}",
                image.directory(),
                image.manifest().position(),
                image.manifest().revision(),
                image.manifest().bytes(),
                image.manifest().provenance());
    }

    /**
     * Deletes the oldest images, and damaged ones that are older than {@link #KEPT_MIN} sound ones. What is of another lineage, of a format that this build does
     * not read, could not be read, or was never an image stays.
     *
     * @param keep how many of the newest stay, at least {@link #KEPT_MIN}; those that are reserved stay as well
     * @return what was deleted of the sound ones
     * @throws io.metastore.api.DirectoryUnusableException the disk refused; what was not deleted by then is there, or goes when the images are opened
     */
    public List<PersistedImage> retain(int keep) {
        if (keep < KEPT_MIN) {
            throw new IllegalArgumentException("too few images would be kept: keep=" + keep + " min=" + KEPT_MIN);
        }
        synchronized (names) {
            return deletion.retain(keep);
        }
    }

    /**
     * Deletes one image, sound or not.
     *
     * @return false when there is none, when it is reserved, or when it is sound and fewer than {@link #KEPT_MIN} others are
     * @throws io.metastore.api.DirectoryUnusableException the disk refused
     */
    public boolean remove(long index) {
        synchronized (names) {
            return deletion.remove(index);
        }
    }

    /**
     * Pins a published image.
     *
     * @throws CorruptStateException there is none of that index (any more)
     */
    public ImageReservation reserve(long index) {
        synchronized (names) {
            PersistedImage image = image(index);
            if (image == null) {
                throw new CorruptStateException("there is no sound image of this index: directory=" + directory.path()
                        + " index=" + index + " found="
                        + images().stream().map(PersistedImage::index).toList());
            }
            return reservations.add(image);
        }
    }

    /** Indexes of the images that are reserved. */
    public Set<Long> pinned() {
        synchronized (names) {
            return reservations.indexes();
        }
    }

    /**
     * Begins or resumes receiving an image; what is there of another image is deleted. So is an image of the same index that is not sound.
     *
     * @param manifest as the sender has it
     * @throws CorruptStateException it is of another lineage
     * @throws io.metastore.api.DirectoryUnusableException there is a sound one of that index, or too little space, or the disk refused
     */
    public ReceivedImage receive(ImageManifest manifest) {
        if (!lineage.contains(manifest)) {
            throw new CorruptStateException("an image of another cluster or epoch is not received: position="
                    + manifest.position() + " expected: " + lineage + " found: "
                    + new Lineage(manifest.clusterId(), manifest.store(), manifest.epoch()));
        }
        long index = manifest.position().index();
        synchronized (names) {
            requireForced();
            removeUnsound(index);
        }
        ReceivedImage begun = new ReceivedImage(files, directory.receiving(), directory.published(index), manifest);
        begun.requireSpace(leftFree);
        return begun;
    }

    private void removeUnsound(long index) {
        try {
            if (image(index) == null && (known.isDistrusted(index) || !directory.isSound(index))) {
                remove(index);
            }
        } catch (IOException e) { // Says nothing about what is there.
            throw failed("look at what is in the way of an image", e);
        }
    }

    /** What is half received, as its sender described it; empty when there is nothing that can be gone on with. */
    public Optional<ImageManifest> receiving() {
        Path file = directory.receiving().resolve(ImageManifest.FILE);
        try {
            if (files.kindOfName(directory.receiving()) != Kind.DIRECTORY || files.kindOfName(file) != Kind.FILE) {
                return Optional.empty();
            }
            return Optional.of(ManifestCodec.decode(file, files.read(file))).filter(lineage::contains);
        } catch (CorruptStateException e) {
            return Optional.empty(); // Receiving begins by deleting it.
        } catch (IOException e) {
            throw ImageErrors.unusable("look at what was received", file, e);
        }
    }

    /** {@link ReceivedImage#complete(String, LongConsumer) Completes} an image that was received, and lists it. */
    public PersistedImage complete(ReceivedImage received, String sender, LongConsumer verifiedBytes) {
        PersistedImage image = received.complete(sender, verifiedBytes);
        synchronized (names) {
            known.received(image);
            told(image);
        }
        return image;
    }

    /** Remembers when it was forcing that failed. */
    RuntimeException failed(String doing, IOException e) {
        if (e instanceof ForceFailedException force) {
            synchronized (names) {
                forceFailure = force;
            }
        }
        return ImageErrors.unusable(doing, directory.path(), e);
    }
}
