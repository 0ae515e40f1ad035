package io.metastore.snapshot.state;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of the feed is there and what is to go. Kept in steps of some thousand revisions, so that trimming is one range deletion per step.
 * Immutable.
 *
 * <p>Belongs to this member alone: it is no part of the fingerprint, and members may have trimmed differently.
 *
 * @param floor revisions up to this one are gone
 * @param steps finished steps, oldest first
 * @param stepFrom last revision before the current step
 * @param stepBytes of the current step
 * @param bytes of all finished steps
 */
record FeedWindow(long floor, List<Step> steps, long stepFrom, long stepBytes, long bytes) {

    static final FeedWindow EMPTY = new FeedWindow(0, List.of(), 0, 0, 0);

    /** Retention is cut into so many steps. */
    private static final int STEPS = 32;

    /**
     * @param last its last revision
     * @param bytes of its records
     */
    record Step(long last, long bytes) {}

    /** How much is to be kept; whichever limit is met first. */
    record Retention(long revisions, long bytes) {}

    FeedWindow {
        steps = List.copyOf(steps);
    }

    /** The window after a record was added. Has another list of steps when a step ended: then it is to be written down. */
    FeedWindow added(long revision, long recordBytes, Retention retention) {
        long current = stepBytes + recordBytes;
        if (revision - stepFrom < Math.max(1, retention.revisions() / STEPS)
                && current < Math.max(1, retention.bytes() / STEPS)) {
            return new FeedWindow(floor, steps, stepFrom, current, bytes);
        }
        List<Step> all = new ArrayList<>(steps);
        all.add(new Step(revision, current));
        long total = bytes + current;
        long newFloor = floor;
        while (all.size() > 1 && (revision - all.get(0).last() >= retention.revisions() || total > retention.bytes())) {
            Step gone = all.remove(0);
            total -= gone.bytes();
            newFloor = gone.last();
        }
        return new FeedWindow(newFloor, all, revision, 0, total);
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(8 + 16 * steps.size()).putLong(floor);
        steps.forEach(step -> out.putLong(step.last()).putLong(step.bytes()));
        return out.array();
    }

    /** @param encoded null when nothing was written yet */
    static FeedWindow decode(byte @Nullable [] encoded) {
        if (encoded == null) {
            return EMPTY;
        }
        ByteBuffer in = ByteBuffer.wrap(encoded);
        long floor = in.getLong();
        List<Step> steps = new ArrayList<>();
        long last = floor;
        long total = 0;
        while (in.hasRemaining()) {
            Step step = new Step(in.getLong(), in.getLong());
            steps.add(step);
            last = step.last();
            total += step.bytes();
        }
        return new FeedWindow(floor, steps, last, 0, total);
    }
}
