package io.metastore.recovery.inspect;

import io.metastore.api.MetastoreException;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registered tables, from the state of an epoch or from one of its images: the first that can be read. */
final class EpochTables {
    private static final Logger log = LoggerFactory.getLogger(EpochTables.class);

    private EpochTables() {}

    static TableNames.Base read(Path epoch) {
        DiskFileLayer layer = new DiskFileLayer();
        List<Path> candidates;
        try {
            candidates = new EpochFiles(layer).states(epoch);
        } catch (IOException e) {
            throw JournalInspector.unreadable(epoch, e);
        }
        return candidates.stream()
                .flatMap(directory -> read(layer, directory).stream())
                .findFirst()
                .orElse(new TableNames.Base(List.of(), -1, "journal"));
    }

    /** Empty when it cannot be read, or has nothing yet: its process may be writing, or it is damaged, which does not keep anybody from reading the journal. */
    private static Optional<TableNames.Base> read(DiskFileLayer layer, Path directory) {
        try (StateInspection state = StateInspection.open(layer, directory)) {
            long index = state.at().position().index();
            return index < 0
                    ? Optional.empty()
                    : Optional.of(new TableNames.Base(
                            state.tables(),
                            index,
                            directory + " at " + state.at().position()));
        } catch (MetastoreException e) {
            log.info("tables are not read from here: directory={} reason={}", directory, e.getMessage());
            return Optional.empty();
        }
    }
}
