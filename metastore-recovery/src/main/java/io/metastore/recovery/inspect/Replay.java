package io.metastore.recovery.inspect;

import io.metastore.api.LogPosition;
import io.metastore.recovery.inspect.RevisionSearch.Answer;
import io.metastore.recovery.internal.journal.JournalWalk;
import io.metastore.recovery.journal.EntryVisitor.Kind;
import io.metastore.recovery.journal.EntryVisitor.ScannedEntry;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageFile;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.journal.BatchOutcome;
import io.metastore.snapshot.journal.UndecodableEntryException;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.UnknownCommandInJournalException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Applies a journal to a state of its own, in a directory of its own, until a revision is made. */
final class Replay {

    private final JournalInspector journal;
    private final FileLayer layer;
    private final List<PersistedImage> images;

    Replay(JournalInspector journal, FileLayer layer, List<PersistedImage> images) {
        this.journal = journal;
        this.layer = layer;
        this.images = images;
    }

    RevisionSearch find(long revision, Path scratch) {
        Path directory = scratch.toAbsolutePath().resolve("metastore-replay-" + UUID.randomUUID());
        try (JournalWalk walk = new JournalWalk(journal.place().directory())) {
            try {
                ScannedEntry first = walk.next();
                if (first == null) {
                    return RevisionSearch.not(Answer.NOT_REACHED, revision, "the journal has no entries");
                }
                return from(revision, first, walk, directory);
            } finally {
                layer.deleteTree(directory);
            }
        } catch (IOException e) {
            throw JournalInspector.unreadable(journal.place().directory(), e);
        }
    }

    private RevisionSearch from(long revision, ScannedEntry first, JournalWalk walk, Path directory)
            throws IOException {
        long begin = first.position().index();
        Optional<PersistedImage> base = images.stream()
                .filter(image -> image.manifest().revision().number() < revision && image.index() >= begin - 1)
                .findFirst();
        if (base.isEmpty() && begin > 0) {
            return RevisionSearch.not(
                    Answer.PURGED,
                    revision,
                    "the journal begins at index " + begin + ", and no image from there on is older than the revision");
        }
        if (base.isPresent()) {
            copy(base.get(), directory);
        }
        MetaState.Options options = MetaState.Options.defaults("replay").withBlockCacheBytes(8 << 20);
        try (MetaState state = MetaState.open(directory, options, CommandRuntime.NONE)) {
            String how = "applied from "
                    + base.map(image -> "image " + image.index()).orElse("the first entry") + " on";
            return run(revision, first, walk, state, how);
        }
    }

    private RevisionSearch run(long revision, ScannedEntry first, JournalWalk walk, MetaState state, String how)
            throws IOException {
        for (ScannedEntry entry = first; entry != null; entry = walk.next()) {
            LogPosition position = entry.position();
            if (state.contains(position)) {
                continue;
            }
            if (entry.kind() != Kind.COMMAND) {
                state.skip(position);
                continue;
            }
            BatchOutcome outcome;
            try {
                outcome = state.apply(position, entry.payload());
            } catch (UnknownCommandInJournalException | UndecodableEntryException e) {
                return RevisionSearch.not(
                        Answer.UNKNOWN, revision, how + ", stopped at " + position + ": " + e.getMessage());
            }
            if (outcome.position().equals(position) && Outcomes.maker(outcome, revision) >= 0) {
                return RevisionFinder.found(journal, revision, outcome, how);
            }
        }
        return RevisionSearch.not(
                Answer.NOT_REACHED,
                revision,
                how + ", up to " + state.applied() + " with revision "
                        + state.revision().number());
    }

    /** Copied, not linked: that would touch the files of the image. */
    private void copy(PersistedImage image, Path target) throws IOException {
        layer.createDirectory(target);
        for (ImageFile file : image.manifest().files()) {
            layer.copy(image.directory().resolve(file.name()), target.resolve(file.name()));
        }
    }
}
