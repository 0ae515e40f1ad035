package io.metastore.snapshot.image;

import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.state.AppliedState;
import java.nio.file.Path;

/** Opens the state with RocksDB, reading only. */
final class StateCheck implements ContentCheck {

    private final Inspector inspector;

    /** RocksDB reads the real disk, whatever else does not. */
    StateCheck() {
        this(Inspector.real(new DiskFileLayer()));
    }

    StateCheck(Inspector inspector) {
        this.inspector = inspector;
    }

    @Override
    public void check(Path directory, ImageManifest promised) {
        try (Inspector.Inspected state = inspector.open(directory)) {
            AppliedState at = state.at();
            check(directory, "position", promised.position(), at.position());
            check(directory, "revision", promised.revision(), at.revision());
            check(directory, "fingerprint", promised.fingerprint(), at.fingerprint());
        }
    }

    private static void check(Path directory, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw ImageErrors.contradicted(directory, what, expected, found);
        }
    }
}
