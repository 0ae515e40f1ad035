package io.metastore.raft.internal.images;

import io.metastore.api.Image;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.PersistedImage;

/** Images as users see them. */
final class Images {

    private Images() {}

    static Image describe(PersistedImage image) {
        ImageManifest manifest = image.manifest();
        return new Image(
                manifest.position(),
                manifest.revision(),
                manifest.fingerprint(),
                manifest.created(),
                manifest.provenance().toString(),
                manifest.bytes(),
                manifest.files().size());
    }
}
