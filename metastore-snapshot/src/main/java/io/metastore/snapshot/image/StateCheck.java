package io.metastore.snapshot.image;

import io.metastore.api.CorruptStateException;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateInspection;
import java.nio.file.Path;

/** Opens the state, reading only, and compares what it says of itself with the manifest. */
final class StateCheck implements ContentCheck {

    private final FileLayer files;

    StateCheck(FileLayer files) {
        this.files = files;
    }

    @Override
    public void check(Path directory, ImageManifest promised) {
        try (StateInspection state = StateInspection.open(files, directory)) {
            AppliedState found = state.at();
            if (!found.position().equals(promised.position())
                    || !found.revision().equals(promised.revision())
                    || !found.fingerprint().equals(promised.fingerprint())) {
                throw new CorruptStateException("an image holds another state than its manifest says: directory="
                        + directory + " expectedPosition=" + promised.position() + " foundPosition=" + found.position()
                        + " expectedRevision=" + promised.revision() + " foundRevision=" + found.revision()
                        + " expectedFingerprint=" + promised.fingerprint() + " foundFingerprint="
                        + found.fingerprint() + "; it is not used; look at the member that made it");
            }
        }
    }
}
