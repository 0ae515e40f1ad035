package io.metastore.snapshot.image;

import java.io.IOException;
import java.nio.file.Path;

/** Opens the state with RocksDB, reading only. */
final class StateCheck implements ContentCheck {

    @Override
    public void check(Path directory, ImageManifest promised) throws IOException {
        throw new UnsupportedOperationException("skeleton: " + directory + promised);
    }
}
