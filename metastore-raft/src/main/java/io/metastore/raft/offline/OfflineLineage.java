package io.metastore.raft.offline;

import io.metastore.api.EpochBeginning;
import io.metastore.raft.internal.cluster.LineageRecord;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.state.StateInspection;
import io.metastore.snapshot.state.StateView;
import java.nio.file.Path;
import java.util.List;

/** How the epochs of a cluster began, as the cluster has recorded it in its state. */
public final class OfflineLineage {

    private OfflineLineage() {}

    /**
     * What is recorded, the newest epoch first. Changes nothing, takes no lock.
     *
     * @param state its directory, or that of an image
     * @throws io.metastore.api.CorruptStateException the state is not sound
     * @throws io.metastore.api.StoreFailedException it cannot be read
     */
    public static List<EpochBeginning> of(FileLayer files, Path state) {
        try (StateInspection inspection = StateInspection.open(files, state);
                StateView view = inspection.view()) {
            return LineageRecord.all(view);
        }
    }

    /**
     * Where the epochs ended that these took the place of, by what is recorded; the newest first. Otherwise as {@link #of}.
     */
    public static List<EpochEnd> ends(FileLayer files, Path state) {
        try (StateInspection inspection = StateInspection.open(files, state);
                StateView view = inspection.view()) {
            return LineageRecord.ends(view);
        }
    }
}
