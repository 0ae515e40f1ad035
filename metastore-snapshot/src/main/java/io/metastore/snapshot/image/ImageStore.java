package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The images of one epoch, in its directory {@code image/}. The one that names, publishes and deletes them.
 *
 * <p>Callable from any thread; one image is made and one received at a time. What is returned is immutable.
 */
public final class ImageStore {

    /**
     * Opens the images in a directory, which is created when missing. Deletes what was cut off while it was made or deleted; keeps what is being
     * received, so that it can be resumed; never touches what it does not know.
     *
     * @param directory {@code image/} of the epoch
     * @throws io.metastore.api.DirectoryUnusableException it cannot be read or written
     */
    public static ImageStore open(FileLayer files, Path directory, Lineage lineage) {
        throw new UnsupportedOperationException("skeleton: " + files + directory + lineage);
    }

    /** Published images whose manifest is sound, whose files have the right size and that are of this lineage; newest first, by position. */
    public List<PersistedImage> images() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** What looks like an image and is none, with the reason. */
    public List<Unsound> unsound() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @param reason what is wrong with it, with expected and found */
    public record Unsound(Path directory, String reason) {}

    /**
     * Pins a published image.
     *
     * @throws io.metastore.api.CorruptStateException there is none of that index (any more)
     */
    public ImageReservation reserve(long index) {
        throw new UnsupportedOperationException("skeleton: " + index);
    }

    /**
     * Begins or resumes receiving an image; what is there of another image is deleted.
     *
     * @param manifest as the sender has it
     * @throws io.metastore.api.CorruptStateException it is of another lineage
     */
    public ReceivedImage receive(ImageManifest manifest) {
        throw new UnsupportedOperationException("skeleton: " + manifest);
    }

    /** What is half received, as its sender described it; empty when there is nothing that can be gone on with. */
    public Optional<ImageManifest> receiving() {
        throw new UnsupportedOperationException("skeleton");
    }
}
