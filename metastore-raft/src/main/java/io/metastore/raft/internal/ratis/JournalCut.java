package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.JournalExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up a journal that ends before an image that came from another member, while no engine runs: a member that was stopped a moment before the others made
 * the image. Everything it has acknowledged is in the image; what is not known to be committed is kept beside the journal. The cut itself is made when the engine is started, as often as that is cut off.
 */
final class JournalCut {
    private static final Logger log = LoggerFactory.getLogger(JournalCut.class);

    private final JournalDirectory directory;
    private final RatisSettings.Limits limits;
    private final ToLongFunction<ByteBuffer> commitHints;

    JournalCut(JournalDirectory directory, RatisSettings.Limits limits, ToLongFunction<ByteBuffer> commitHints) {
        this.directory = directory;
        this.limits = limits;
        this.commitHints = commitHints;
    }

    /** See {@link io.metastore.raft.internal.engine.StoppedJournal#cutTo}. */
    JournalExtent run(LogPosition image) throws IOException {
        JournalExtent found = directory.extent();
        if (!found.present() || found.damage() != null || found.hole() != null || found.image() != null) {
            return found;
        }
        long last = last(found);
        if (last >= image.index()) {
            return found;
        }
        keepTail(image);
        log.info(
                "journal ends before the image and is given up: directory={} last={} image={}",
                directory.group(),
                last,
                image);
        directory.raiseTerm(image.term()); // Somebody led in it; nothing goes on in a term before its last entry's.
        directory.begin().write(JournalBegin.discarding(image, JournalBegin.Discard.ALL));
        return directory.extent();
    }

    private long last(JournalExtent found) throws IOException {
        LogPosition before = found.before();
        long[] last = {found.first() < 0 ? (before == null ? -1 : before.index()) : found.closedLast()};
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            if (segment.isOpen()) {
                last[0] = Math.max(last[0], segment.first() - 1);
                JournalReader.read(segment, limits, entry -> last[0] = entry.getIndex());
            }
        }
        return last[0];
    }

    /** Of what is not known to be committed: what nobody has but a leader of before, which may have been this member. */
    private void keepTail(LogPosition image) throws IOException {
        UncommittedTail tail = new UncommittedTail(commitHints);
        for (SegmentFiles.Segment segment : directory.segments().list()) {
            JournalReader.read(segment, limits, tail::add);
        }
        directory.overwritten().keepBefore(image, tail.entries(), tail.before(), "");
    }
}
