package io.metastore.recovery.branch;

import io.metastore.api.MetastoreException;
import io.metastore.raft.offline.OfflineLineage;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.snapshot.files.EpochEnd;
import io.metastore.snapshot.files.FileLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where former epochs ended, as the cluster recorded it in the state: how a member that came back knows what of its former journal the others have. */
final class RecordedEnds {

    private RecordedEnds() {}

    /**
     * By the state of an epoch, or its newest image that can be opened; nothing when there is neither, as in a member that has not got anything of the epoch yet. Changes
     * nothing, takes no lock.
     *
     * @param epoch its directory
     */
    static List<EpochEnd> in(FileLayer layer, Path epoch) {
        try {
            return new EpochFiles(layer)
                    .states(epoch).stream()
                            .map(state -> ends(layer, state))
                            .flatMap(Optional::stream)
                            .findFirst()
                            .orElse(List.of());
        } catch (IOException e) {
            return List.of(); // Then nobody can tell, which is said where it is asked.
        }
    }

    /** Empty when it is damaged, or being written: the next may tell. */
    private static Optional<List<EpochEnd>> ends(FileLayer layer, Path state) {
        try {
            return Optional.of(OfflineLineage.ends(layer, state));
        } catch (MetastoreException e) {
            return Optional.empty();
        }
    }
}
