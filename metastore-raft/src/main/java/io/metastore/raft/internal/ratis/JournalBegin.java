package io.metastore.raft.internal.ratis;

import io.metastore.api.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known about where a journal begins, other than from its files.
 *
 * @param before entries of which one is the last that is gone, by index: the term of that one is needed to serve a follower that goes on behind it.
 *     Several while files are being deleted, as that may be cut off between any two
 * @param discard what is being given up in favour of the image at the only position in {@code before}
 */
record JournalBegin(List<LogPosition> before, Discard discard) {

    /** Nothing is gone. */
    static final JournalBegin UNCUT = new JournalBegin(List.of(), Discard.NOTHING);

    /** Which files are to go. */
    enum Discard {
        NOTHING,
        /** Those that begin at or below the image's position; what begins behind it was written after the image was taken. */
        OLDER,
        /** All: there are entries behind the image's position that contradict it. */
        ALL
    }

    JournalBegin {
        before = List.copyOf(before);
        for (int i = 1; i < before.size(); i++) {
            if (before.get(i).index() <= before.get(i - 1).index()) {
                throw new IllegalArgumentException("positions must ascend: before=" + before);
            }
        }
        if (discard != Discard.NOTHING && before.size() != 1) {
            throw new IllegalArgumentException("an image has one position: before=" + before + " discard=" + discard);
        }
    }

    /** The journal begins right behind this position. */
    static JournalBegin behind(LogPosition position) {
        return new JournalBegin(List.of(position), Discard.NOTHING);
    }

    /** The journal is being given up in favour of the image at this position. */
    static JournalBegin discarding(LogPosition image, Discard discard) {
        return new JournalBegin(List.of(image), discard);
    }

    /** Before files are deleted that end with these entries: one of them, or the one that was there before, will be the last that is gone. */
    JournalBegin cutAt(List<LogPosition> ends, long firstIndex) {
        TreeMap<Long, LogPosition> all = new TreeMap<>();
        LogPosition last = at(firstIndex - 1);
        if (last != null) {
            all.put(last.index(), last);
        }
        ends.forEach(end -> all.put(end.index(), end));
        return new JournalBegin(new ArrayList<>(all.values()), Discard.NOTHING);
    }

    /** The position at this index; null when it is not known. */
    @Nullable
    LogPosition at(long index) {
        return before.stream()
                .filter(position -> position.index() == index)
                .findFirst()
                .orElse(null);
    }

    /** The last position; null when none is known. */
    @Nullable
    LogPosition last() {
        return before.isEmpty() ? null : before.get(before.size() - 1);
    }

    /** Null when nothing is being given up. */
    @Nullable
    LogPosition image() {
        return discard == Discard.NOTHING ? null : before.get(0);
    }
}
