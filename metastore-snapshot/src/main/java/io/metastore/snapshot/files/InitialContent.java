package io.metastore.snapshot.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** What a member's first epoch begins with, when it is not to begin empty: images. Put there while the directory is made a member's, or not at all. */
public interface InitialContent {

    /**
     * Where it goes.
     *
     * @param images the directory of the images, empty
     * @param clusterId the cluster that the directory will belong to
     * @param store in that cluster
     * @param membership of the epoch to start in
     */
    record Place(Path images, UUID clusterId, String store, Membership membership) {}

    /**
     * Writes everything below {@link Place#images}; durable when it returns. When it fails, or the process dies before the directory is a member's, all of it is
     * deleted.
     *
     * @throws IOException it could not be written
     * @throws io.metastore.api.MetastoreException it must not be written: it is damaged, or does not belong there
     */
    void write(FileLayer layer, Place place) throws IOException;
}
