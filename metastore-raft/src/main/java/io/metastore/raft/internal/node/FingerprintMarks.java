package io.metastore.raft.internal.node;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fingerprints of this member's state at certain positions, the same ones on every member, for the others to compare theirs with. Written by the
 * apply thread, read by any.
 */
final class FingerprintMarks {

    /** Every so many entries. */
    static final long EVERY = 1000;

    private static final int KEPT = 1024;

    /**
     * One of them.
     *
     * @param index of the entry after which it was taken
     */
    record Mark(long index, String fingerprint) {
        @Override
        public String toString() {
            return index + ":" + fingerprint;
        }

        /** The inverse of {@link #toString}; null for anything else. */
        static @Nullable Mark parse(String text) {
            return text.matches("[0-9]{1,18}:[0-9a-f]{32}")
                    ? new Mark(
                            Long.parseLong(text.substring(0, text.indexOf(':'))), text.substring(text.indexOf(':') + 1))
                    : null;
        }
    }

    /** By index, oldest first. Guarded by itself. */
    private final Map<Long, String> marks = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
            return size() > KEPT;
        }
    };

    private volatile @Nullable Mark last;

    /** Whether a mark is due after this entry. */
    static boolean isDue(long index) {
        return index > 0 && index % EVERY == 0;
    }

    void add(long index, String fingerprint) {
        synchronized (marks) {
            marks.put(index, fingerprint);
        }
        last = new Mark(index, fingerprint);
    }

    /** The newest; null before the first. */
    @Nullable
    Mark last() {
        return last;
    }

    /** The fingerprint at an index; null when none was taken or it is forgotten. */
    @Nullable
    String at(long index) {
        synchronized (marks) {
            return marks.get(index);
        }
    }
}
