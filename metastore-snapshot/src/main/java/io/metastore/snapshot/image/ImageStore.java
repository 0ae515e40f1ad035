package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.api.StoreFailedException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.ForceFailedException;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.image.ImageDirectory.Contents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
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
    /** Reservations by index. Guarded by {@link #names}. */
    private final Map<Long, Integer> pins = new HashMap<>();
    /** Images that do not count, with the reason. Guarded by {@link #names}. */
    private final Map<Long, String> distrusted = new HashMap<>();
    /** Guarded by {@link #names}. */
    private @Nullable ForceFailedException forceFailure;
    /** The name of the image that was made last could not be forced. Used by whoever makes one. */
    private boolean nameUnknown;

    private volatile long leftFree = ReceivedImage.RESERVE_BYTES;

    /** Written under {@link #names}. */
    private volatile Contents contents;

    private ImageStore(
            FileLayer files, ImageDirectory directory, Lineage lineage, Inspector inspector, Contents contents) {
        this.files = files;
        this.directory = directory;
        this.lineage = lineage;
        this.inspector = inspector;
        this.contents = contents;
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
        return contents.images();
    }

    /** What looks like an image and is none, with the reason. */
    public List<Unsound> unsound() {
        return contents.unsound();
    }

    /**
     * Something that has the name of an image and is none.
     *
     * @param reason what is wrong with it, with expected and found
     */
    public record Unsound(Path directory, String reason) {}

    /** The image of an index; null when there is no sound one. */
    public @Nullable PersistedImage image(long index) {
        return images().stream()
                .filter(image -> image.index() == index)
                .findFirst()
                .orElse(null);
    }

    /** What images that are received must leave free, at least {@link ReceivedImage#RESERVE_BYTES}. */
    public void leaveFree(long bytes) {
        leftFree = Math.max(bytes, ReceivedImage.RESERVE_BYTES);
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
                contents = judged(directory.read());
            } catch (IOException e) {
                throw failed("look at the images again", e);
            }
        }
    }

    /** The images but for those that were found to be damaged. */
    private Contents judged(Contents found) {
        List<PersistedImage> images = new ArrayList<>();
        List<Unsound> unsound = new ArrayList<>(found.unsound());
        for (PersistedImage image : found.images()) {
            String reason = distrusted.get(image.index());
            if (reason == null) {
                images.add(image);
            } else {
                unsound.add(new Unsound(image.directory(), reason));
            }
        }
        return new Contents(images, unsound);
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
                distrusted.put(image.index(), reason);
                contents = judged(contents);
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
            distrusted.forEach(this::mark);
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
            distrusted.remove(image.index());
            add(image);
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

    private void add(PersistedImage image) {
        List<PersistedImage> images = new ArrayList<>(contents.images());
        images.removeIf(other -> other.index() == image.index());
        images.add(image);
        images.sort(Comparator.comparingLong(PersistedImage::index).reversed());
        contents = new Contents(images, others(image.directory()));
        log.info(
                "image published: directory={} position={} revision={} bytes={} provenance={}",
                image.directory(),
                image.manifest().position(),
                image.manifest().revision(),
                image.manifest().bytes(),
                image.manifest().provenance());
    }

    private List<Unsound> others(Path path) {
        return contents.unsound().stream()
                .filter(unsound -> !unsound.directory().equals(path))
                .toList();
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
        List<PersistedImage> deleted = new ArrayList<>();
        synchronized (names) {
            List<PersistedImage> images = images();
            for (int i = images.size() - 1; i >= keep; i--) {
                PersistedImage image = images.get(i);
                if (!pins.containsKey(image.index())) {
                    delete(image.index());
                    deleted.add(image);
                }
            }
            deleteDamaged();
        }
        return deleted;
    }

    private void deleteDamaged() {
        if (images().size() < KEPT_MIN) {
            return;
        }
        long newer = images().get(KEPT_MIN - 1).index();
        try {
            for (Unsound unsound : unsound()) {
                long index = directory.index(unsound.directory());
                if (index < newer && !pins.containsKey(index) && directory.isDamaged(index)) {
                    delete(index);
                }
            }
        } catch (IOException e) {
            throw failed("look at a damaged image", e);
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
            boolean sound = image(index) != null;
            boolean there = sound
                    || unsound().stream()
                            .anyMatch(unsound -> unsound.directory().equals(directory.published(index)));
            if (!there || pins.containsKey(index) || (sound && images().size() <= KEPT_MIN)) {
                return false;
            }
            delete(index);
            return true;
        }
    }

    private void delete(long index) {
        try {
            directory.setAside(index);
            contents = new Contents(
                    images().stream().filter(image -> image.index() != index).toList(),
                    others(directory.published(index)));
            distrusted.remove(index);
            directory.deleteSetAside(index);
            log.info("image deleted: directory={}", directory.published(index));
        } catch (IOException e) {
            lookAgain(e);
            throw failed("delete image " + index, e);
        }
    }

    /** Nobody knows how far a change of names has come that failed. */
    private void lookAgain(IOException cause) {
        try {
            contents = judged(directory.read());
        } catch (IOException e) {
            cause.addSuppressed(e);
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
            pins.merge(index, 1, Integer::sum);
            return new Reservation(image);
        }
    }

    /** Indexes of the images that are reserved. */
    public Set<Long> pinned() {
        synchronized (names) {
            return Set.copyOf(pins.keySet());
        }
    }

    private final class Reservation implements ImageReservation {

        private final PersistedImage image;
        private final AtomicBoolean closed = new AtomicBoolean();

        Reservation(PersistedImage image) {
            this.image = image;
        }

        @Override
        public PersistedImage image() {
            return image;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                synchronized (names) {
                    pins.computeIfPresent(image.index(), (index, count) -> count == 1 ? null : count - 1);
                }
            }
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
            if (image(index) == null && (distrusted.containsKey(index) || !directory.isSound(index))) {
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
            add(image);
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
