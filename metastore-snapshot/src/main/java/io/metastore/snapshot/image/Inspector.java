package io.metastore.snapshot.image;

import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.StateInspection;
import java.nio.file.Path;

/** Opens the state in a directory, in isolation, to see what it is. */
@FunctionalInterface
interface Inspector {

    /**
     * Opens it; nothing in the directory changes.
     *
     * @throws io.metastore.api.CorruptStateException there is no sound state
     */
    Inspected open(Path directory);

    /** An opened state. */
    interface Inspected extends AutoCloseable {

        /** See {@link StateInspection#sequence}. */
        long sequence();

        AppliedState at();

        /** The fingerprint computed from every record. */
        String recomputed();

        @Override
        void close();
    }

    /** Opens it with RocksDB. */
    static Inspector real(FileLayer files) {
        return directory -> {
            StateInspection state = StateInspection.open(files, directory);
            return new Inspected() {
                @Override
                public long sequence() {
                    return state.sequence();
                }

                @Override
                public AppliedState at() {
                    return state.at();
                }

                @Override
                public String recomputed() {
                    return state.recomputeFingerprint(count -> {});
                }

                @Override
                public void close() {
                    state.close();
                }
            };
        };
    }
}
