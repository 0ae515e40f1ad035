package io.metastore.snapshot.image;

import java.io.IOException;
import java.nio.file.Path;

/** Proves that the files of an image hold the state that its manifest promises. */
@FunctionalInterface
interface ContentCheck {

    /**
     * Opens the state in a directory, in isolation, and compares.
     *
     * @param directory all files of the image; nothing in it changes
     * @throws io.metastore.api.CorruptStateException it cannot be opened, or is the state of another position, revision or fingerprint
     */
    void check(Path directory, ImageManifest promised) throws IOException;
}
