package io.metastore.snapshot.image;

import io.metastore.snapshot.image.ImageStore.Unsound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes published images, never so many that fewer than {@link ImageStore#KEPT_MIN} sound ones are left. While nobody else changes published names. */
final class ImageDeletion {

    private static final Logger log = LoggerFactory.getLogger(ImageDeletion.class);

    /** What to throw for a disk that refused. */
    interface Failure {
        RuntimeException of(String doing, IOException e);
    }

    private final ImageDirectory directory;
    private final KnownImages known;
    private final ImageReservations reservations;
    private final Failure failure;

    ImageDeletion(ImageDirectory directory, KnownImages known, ImageReservations reservations, Failure failure) {
        this.directory = directory;
        this.known = known;
        this.reservations = reservations;
        this.failure = failure;
    }

    /** See {@link ImageStore#retain}. */
    List<PersistedImage> retain(int keep) {
        List<PersistedImage> deleted = new ArrayList<>();
        List<PersistedImage> images = known.images();
        for (int i = images.size() - 1; i >= keep; i--) {
            PersistedImage image = images.get(i);
            if (!reservations.contains(image.index())) {
                delete(image.index());
                deleted.add(image);
            }
        }
        deleteDamaged();
        return deleted;
    }

    private void deleteDamaged() {
        if (known.images().size() < ImageStore.KEPT_MIN) {
            return;
        }
        long newer = known.images().get(ImageStore.KEPT_MIN - 1).index();
        try {
            for (Unsound unsound : known.unsound()) {
                long index = directory.index(unsound.directory());
                if (index < newer && !reservations.contains(index) && directory.isDamaged(index)) {
                    delete(index);
                }
            }
        } catch (IOException e) {
            throw failure.of("look at a damaged image", e);
        }
    }

    /** See {@link ImageStore#remove}. */
    boolean remove(long index) {
        boolean sound = known.image(index) != null;
        if ((!sound && !known.isUnsound(index))
                || reservations.contains(index)
                || (sound && known.images().size() <= ImageStore.KEPT_MIN)) {
            return false;
        }
        delete(index);
        return true;
    }

    private void delete(long index) {
        try {
            directory.setAside(index);
            known.deleted(index);
            directory.deleteSetAside(index);
            log.info("image deleted: directory={}", directory.published(index));
        } catch (IOException e) {
            known.lookAgainAfter(e);
            throw failure.of("delete image " + index, e);
        }
    }
}
