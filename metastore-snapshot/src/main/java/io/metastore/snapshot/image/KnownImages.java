package io.metastore.snapshot.image;

import io.metastore.snapshot.image.ImageDirectory.Contents;
import io.metastore.snapshot.image.ImageStore.Unsound;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the images in a directory: what is there, without those that were found to be damaged. Changed by one thread at a time, which the caller sees to;
 * {@link #images} and {@link #unsound} are callable from any thread.
 */
final class KnownImages {
    private final ImageDirectory directory;

    /** Images that do not count, with the reason. */
    private final Map<Long, String> distrusted = new HashMap<>();

    private volatile Contents contents;

    KnownImages(ImageDirectory directory, Contents contents) {
        this.directory = directory;
        this.contents = contents;
    }

    /** Newest first. */
    List<PersistedImage> images() {
        return contents.images();
    }

    List<Unsound> unsound() {
        return contents.unsound();
    }

    /** Null when there is no sound one. */
    @Nullable
    PersistedImage image(long index) {
        return images().stream()
                .filter(image -> image.index() == index)
                .findFirst()
                .orElse(null);
    }

    /** Whether something of that name is there and is no image. */
    boolean isUnsound(long index) {
        Path path = directory.published(index);
        return unsound().stream().anyMatch(unsound -> unsound.directory().equals(path));
    }

    /** Looks at manifests and sizes of all again. */
    void lookAgain() throws IOException {
        contents = judged(directory.read());
    }

    /** The same after a change of names has failed, of which nobody knows how far it has come. */
    void lookAgainAfter(IOException cause) {
        try {
            lookAgain();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

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

    /** From now on it counts as none. */
    void distrust(PersistedImage image, String reason) {
        distrusted.put(image.index(), reason);
        contents = judged(contents);
    }

    boolean isDistrusted(long index) {
        return distrusted.containsKey(index);
    }

    /** A copy of those that do not count, with the reason, by index. */
    Map<Long, String> distrusted() {
        return new TreeMap<>(distrusted);
    }

    /** It has taken the place of whatever had its index. */
    void published(PersistedImage image) {
        distrusted.remove(image.index());
        received(image);
    }

    /** As {@link #published}, for one that takes no other's place. */
    void received(PersistedImage image) {
        List<PersistedImage> images = new ArrayList<>(without(image.index()));
        images.add(image);
        images.sort(Comparator.comparingLong(PersistedImage::index).reversed());
        contents = new Contents(images, others(image.directory()));
    }

    /** There is nothing of that index any more. */
    void deleted(long index) {
        contents = new Contents(without(index), others(directory.published(index)));
        distrusted.remove(index);
    }

    private List<PersistedImage> without(long index) {
        return images().stream().filter(image -> image.index() != index).toList();
    }

    private List<Unsound> others(Path path) {
        return unsound().stream()
                .filter(unsound -> !unsound.directory().equals(path))
                .toList();
    }
}
