package io.metastore.recovery.inspect;

import org.jspecify.annotations.Nullable;

/** A condition of a transaction. */
public sealed interface InspectedCheck {

    /** The key was last written by this revision; 0: it is absent. From a closure that read it. */
    record KeyUnchanged(InspectedTable table, InspectedValue key, long modRevision) implements InspectedCheck {
        @Override
        public String toString() {
            return table + "[" + key + "] is "
                    + (modRevision == 0 ? "absent as read" : "as of revision " + modRevision);
        }
    }

    /**
     * The range holds what it held. From a closure that scanned it.
     *
     * @param from inclusive
     * @param to exclusive; null for the end of the table
     * @param digest of its keys and their revisions
     */
    record RangeUnchanged(
            InspectedTable table,
            InspectedValue from,
            @Nullable InspectedValue to,
            long digest) implements InspectedCheck {
        @Override
        public String toString() {
            return table + Ranges.text(from, to) + " is as read (digest " + Long.toHexString(digest) + ")";
        }
    }

    /** The key exists. */
    record Exists(InspectedTable table, InspectedValue key) implements InspectedCheck {
        @Override
        public String toString() {
            return table + "[" + key + "] exists";
        }
    }

    /** The key does not exist. */
    record Absent(InspectedTable table, InspectedValue key) implements InspectedCheck {
        @Override
        public String toString() {
            return table + "[" + key + "] is absent";
        }
    }

    /** The key exists with this version. */
    record HasVersion(InspectedTable table, InspectedValue key, long version) implements InspectedCheck {
        @Override
        public String toString() {
            return table + "[" + key + "] has version " + version;
        }
    }
}
