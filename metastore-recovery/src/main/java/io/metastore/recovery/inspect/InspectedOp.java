package io.metastore.recovery.inspect;

import org.jspecify.annotations.Nullable;

/** A change that a transaction makes. */
public sealed interface InspectedOp {

    /**
     * Writes a key.
     *
     * @param valueVersion version of the table's definition that wrote the value
     */
    record Put(InspectedTable table, InspectedValue key, int valueVersion, InspectedValue value)
            implements InspectedOp {
        @Override
        public String toString() {
            return "put " + table + "[" + key + "] = " + value + " (v" + valueVersion + ")";
        }
    }

    /** Removes a key, if it is there. */
    record Remove(InspectedTable table, InspectedValue key) implements InspectedOp {
        @Override
        public String toString() {
            return "remove " + table + "[" + key + "]";
        }
    }

    /**
     * Removes the keys of a range.
     *
     * @param from inclusive
     * @param to exclusive; null for the end of the table
     * @param limit at most so many; 0 for all
     * @param reversed counted from the end
     * @param max with more than this to remove, the transaction fails
     */
    record RemoveRange(
            InspectedTable table,
            InspectedValue from,
            @Nullable InspectedValue to,
            int limit,
            boolean reversed,
            int max)
            implements InspectedOp {
        @Override
        public String toString() {
            return "remove " + table + Ranges.text(from, to) + (limit > 0 ? " limit " + limit : "")
                    + (reversed ? " from the end" : "");
        }
    }

    /** Takes numbers from a sequence. */
    record NextIds(String sequence, int count) implements InspectedOp {
        @Override
        public String toString() {
            return "take " + count + " of sequence '" + sequence + "'";
        }
    }

    /** Begins an epoch: revisions are of it from here on. */
    record BeginEpoch(long epoch) implements InspectedOp {
        @Override
        public String toString() {
            return "begin epoch " + epoch;
        }
    }

    /**
     * Registers a table, or raises its version.
     *
     * @param table with its number when that is known
     */
    record RegisterTable(InspectedTable table) implements InspectedOp {
        @Override
        public String toString() {
            return "register table " + table + " v" + table.version() + " (" + table.keyCodec() + " -> "
                    + table.valueCodec() + ")" + (table.id() > 0 ? " as #" + table.id() : "");
        }
    }
}
