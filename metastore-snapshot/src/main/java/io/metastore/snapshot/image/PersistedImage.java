package io.metastore.snapshot.image;

import java.nio.file.Path;

/**
 * A published image: complete, forced and proven loadable when it was published. Immutable.
 *
 * @param directory where its files are
 */
public record PersistedImage(Path directory, ImageManifest manifest) {

    /** Index of its position, which names it. */
    public long index() {
        return manifest.position().index();
    }
}
