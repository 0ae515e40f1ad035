package io.metastore.raft.internal.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** When this member had applied how much, for some minutes: how far another one is behind in time. Thread-safe. */
final class AppliedHistory {

    private static final int NOTES_MAX = 600;

    /** @param nanos when it was last seen that this much was applied and no more */
    private record Note(long index, long nanos) {}

    /** Oldest first. Guarded by this. */
    private final Deque<Note> notes = new ArrayDeque<>();

    synchronized void note(long index, long nanos) {
        Note last = notes.peekLast();
        if (last != null && last.index() == index) {
            notes.removeLast(); // A store that is left alone gets no older by that.
        }
        notes.addLast(new Note(index, nanos));
        if (notes.size() > NOTES_MAX) {
            notes.removeFirst();
        }
    }

    /** How long ago this member was last seen to have applied no more than the index; null when that is longer than is remembered. */
    synchronized @Nullable Duration ago(long index, long nowNanos) {
        for (Iterator<Note> newest = notes.descendingIterator(); newest.hasNext(); ) {
            Note note = newest.next();
            if (note.index() <= index) {
                return Duration.ofNanos(Math.max(0, nowNanos - note.nanos()));
            }
        }
        return null;
    }
}
