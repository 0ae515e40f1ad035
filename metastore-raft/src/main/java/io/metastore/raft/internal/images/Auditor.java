package io.metastore.raft.internal.images;

import io.metastore.api.CheckpointFailedException;
import io.metastore.api.Checkpoints.Audited;
import io.metastore.api.LogPosition;
import io.metastore.api.Progress.Unit;
import io.metastore.api.Revision;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.image.ImageReservation;
import io.metastore.snapshot.image.ImageStore;
import io.metastore.snapshot.image.PersistedImage;
import io.metastore.snapshot.state.AppliedState;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import io.metastore.snapshot.state.StateDifference;
import io.metastore.snapshot.state.StateView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Replays the journal from an image in a scratch place and compares what comes out with the live state. What applied a journal differently than it is
 * applied now, or what changed the state besides the journal, shows here long before a restart would show it.
 *
 * <p>Reads the live state through a view of one position, so that applying goes on; opens the copy with a small cache. One audit at a time.
 */
public final class Auditor {

    /** Reads a member's journal. */
    @FunctionalInterface
    public interface JournalReader {

        /** The committed entry at an index; null when it is not in the journal any more. */
        @Nullable
        Entry read(long index);
    }

    /**
     * A committed entry.
     *
     * @param bytes null for an entry of the engine's own
     */
    public record Entry(LogPosition position, @Nullable ByteBuffer bytes) {}

    private static final long CACHE_BYTES = 8 << 20;

    private final MetaState live;
    private final ImageStore images;
    private final Scratch scratch;
    private final FileLayer files;
    private final CommandRuntime commands;
    private final JournalReader journal;

    public Auditor(
            MetaState live,
            ImageStore images,
            Scratch scratch,
            FileLayer files,
            CommandRuntime commands,
            JournalReader journal) {
        this.live = live;
        this.images = images;
        this.scratch = scratch;
        this.files = files;
        this.commands = commands;
        this.journal = journal;
    }

    /**
     * Compares at the position the live state has now.
     *
     * @throws CheckpointFailedException there is no image to begin with, or the journal behind it is not there any more
     */
    Audited audit(LongWork work) {
        try (StateView view = live.view()) {
            PersistedImage image = newestUpTo(view.at().position().index());
            try (ImageReservation reserved = images.reserve(image.index())) {
                return scratch.with(reserved.image(), copy -> compare(reserved.image(), copy, view, work));
            } catch (IOException e) {
                throw new CheckpointFailedException(
                        "audit has no place to replay in: image=" + image.directory() + " reason=" + e
                                + "; check the disk",
                        e);
            }
        }
    }

    private PersistedImage newestUpTo(long index) {
        return images.images().stream()
                .filter(image -> image.index() <= index)
                .findFirst()
                .orElseThrow(() -> new CheckpointFailedException(
                        "there is no image to audit with: position=" + index + "; make one first"));
    }

    private Audited compare(PersistedImage image, Path copy, StateView view, LongWork work) {
        AppliedState target = view.at();
        MetaState.Options options = MetaState.Options.defaults("audit").withBlockCacheBytes(CACHE_BYTES);
        try (MetaState replay = MetaState.open(files, copy, options, commands, () -> false)) {
            long from = replay.applied().index() + 1;
            long to = target.position().index();
            work.step("replaying the journal", to - from + 1, Unit.ENTRIES);
            Revisions made = new Revisions(from, to, replay.revision().number());
            for (long index = from; index <= to; index++) {
                replay(replay, index);
                made.after(index, replay.revision().number());
                work.advance(1);
            }
            try (StateView replayed = replay.view()) {
                Evidence ofReplay = evidence(replayed, "reading the replayed records", work);
                Evidence ofLive = evidence(view, "reading the live records", work);
                boolean agrees = ofReplay.equals(ofLive) && ofLive.isWhole() && ofReplay.isWhole();
                return new Audited(
                        Images.describe(image),
                        target.position(),
                        to - from + 1,
                        agrees,
                        agrees
                                ? ""
                                : "replay: " + ofReplay + "; live: " + ofLive + difference(replayed, view, made, work),
                        work.elapsed());
            }
        }
    }

    /**
     * What a state says of itself, and what its records say.
     *
     * @param kept changed with each write; knows nothing of a record that got lost on the disk
     * @param computed from all records
     */
    private record Evidence(Revision revision, String kept, String computed) {
        boolean isWhole() {
            return kept.equals(computed);
        }

        @Override
        public String toString() {
            return "revision=" + revision + " fingerprint=" + kept + (isWhole() ? "" : " ofRecords=" + computed);
        }
    }

    private static Evidence evidence(StateView view, String step, LongWork work) {
        String computed = view.recomputeFingerprint(count -> work.report(step, count, -1, Unit.RECORDS));
        return new Evidence(view.at().revision(), view.at().fingerprint(), computed);
    }

    private void replay(MetaState replay, long index) {
        Entry entry = journal.read(index);
        if (entry == null) {
            throw new CheckpointFailedException("an entry that the audit needs is not in the journal any more: index="
                    + index + "; it is tried again with the next image");
        }
        if (entry.bytes() == null) {
            replay.skip(entry.position());
        } else {
            replay.apply(entry.position(), entry.bytes());
        }
    }

    private static String difference(StateView replayed, StateView live, Revisions made, LongWork work) {
        work.step("looking for the first difference", -1, Unit.RECORDS);
        StateDifference.Found found = StateDifference.first(replayed, live, work::advance);
        return "; first difference (one: replay, other: live): "
                + (found == null ? "none in records and tables" : found.text() + made.at(found.revision()));
    }

    /** Where in a replay which revision was made: after each entry, or each so many of a long one. */
    private static final class Revisions {
        private static final int NOTED_MAX = 1 << 16;

        private final long first;
        private final long last;
        private final long before;
        private final long stride;
        private final long[] noted;
        private int count;

        /** @param before the revision before the first entry */
        Revisions(long first, long last, long before) {
            this.first = first;
            this.last = last;
            this.before = before;
            this.stride = (last - first) / NOTED_MAX + 1;
            this.noted = new long[(int) ((last - first + stride) / stride) + 1];
        }

        void after(long index, long revision) {
            if (index == last || (index - first + 1) % stride == 0) {
                noted[count++] = revision;
            }
        }

        /** In words, where a revision was made; empty for none. */
        String at(long revision) {
            if (revision < 0) {
                return "";
            }
            if (revision <= before) {
                return ", last written before entry index=" + first;
            }
            int found = 0;
            while (found < count && noted[found] < revision) {
                found++;
            }
            if (found == count) {
                return ", last written by no entry up to index=" + last;
            }
            long to = Math.min(last, first + (found + 1) * stride - 1);
            return ", last written by entry index=" + to
                    + (stride == 1 ? "" : " or one of the " + stride + " before it");
        }
    }
}
