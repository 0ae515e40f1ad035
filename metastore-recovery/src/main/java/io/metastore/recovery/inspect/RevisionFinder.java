package io.metastore.recovery.inspect;

import io.metastore.api.LogPosition;
import io.metastore.api.MetastoreException;
import io.metastore.recovery.inspect.RevisionSearch.Answer;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.state.StateInspection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Finds the entry that made a revision: in the results that states remember, or by applying the journal. */
final class RevisionFinder {

    private final JournalInspector journal;
    private final DiskFileLayer layer = new DiskFileLayer();
    private final EpochFiles files = new EpochFiles(layer);

    RevisionFinder(JournalInspector journal) {
        this.journal = journal;
    }

    RevisionSearch find(long revision, @Nullable Path scratch) {
        Optional<Path> epoch = journal.place().epochDirectory();
        List<PersistedImage> images = new ArrayList<>();
        List<Path> states = new ArrayList<>();
        try {
            if (epoch.isPresent()) {
                files.state(epoch.get()).ifPresent(states::add);
                images.addAll(files.images(epoch.get()));
                images.forEach(image -> states.add(image.directory()));
            }
        } catch (IOException e) {
            throw JournalInspector.unreadable(journal.place().directory(), e);
        }
        for (Path state : states) {
            Optional<RevisionSearch> found = remembered(revision, state);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return scratch == null
                ? RevisionSearch.not(
                        Answer.UNKNOWN,
                        revision,
                        "not among the results that " + states.size()
                                + " states remember; give a scratch directory to apply the journal")
                : new Replay(journal, layer, images).find(revision, scratch);
    }

    private Optional<RevisionSearch> remembered(long revision, Path directory) {
        AtomicReference<@Nullable BatchOutcome> found = new AtomicReference<>();
        try (StateInspection state = StateInspection.open(layer, directory)) {
            state.outcomes(outcome -> {
                if (Outcomes.maker(outcome, revision) >= 0) {
                    found.set(outcome);
                }
            });
        } catch (MetastoreException e) {
            return Optional.empty(); // Damaged, or being written; the others, or the journal, may tell.
        }
        BatchOutcome outcome = found.get();
        return outcome == null
                ? Optional.empty()
                : Optional.of(found(journal, revision, outcome, "remembered by " + directory));
    }

    static RevisionSearch found(JournalInspector journal, long revision, BatchOutcome outcome, String how) {
        LogPosition position = outcome.position();
        Optional<InspectedEntry> entry =
                journal.entry(position.index()).filter(each -> each.position().equals(position));
        return new RevisionSearch(revision, Answer.FOUND, position, Outcomes.maker(outcome, revision), entry, how);
    }
}
