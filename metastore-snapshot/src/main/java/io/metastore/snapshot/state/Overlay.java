package io.metastore.snapshot.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch has written so far, over what is in the state: later transactions of the batch see it. One transaction's part can be undone.
 *
 * <p>Not for several threads.
 */
final class Overlay {

    /** A key in a table; the hash is kept because it is asked for several times. */
    static final class Place implements Comparable<Place> {
        private final int table;
        private final byte[] key;
        private final int hash;

        Place(int table, byte[] key) {
            this.table = table;
            this.key = key;
            this.hash = 31 * Arrays.hashCode(key) + table;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place place
                    && hash == place.hash
                    && table == place.table
                    && Arrays.equals(key, place.key);
        }

        @Override
        public int compareTo(Place other) {
            int byTable = Integer.compare(table, other.table);
            return byTable != 0 ? byTable : Arrays.compareUnsigned(key, other.key);
        }
    }

    /**
     * What was written at a place.
     *
     * @param header null when it was removed
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Written(@Nullable RecordHeader header, byte[] value) {}

    /** A written key of a range. */
    @SuppressWarnings("ArrayRecordComponent")
    record Cell(byte[] key, Written written) {}

    private record Undo(Place place, @Nullable Written before) {}

    private final Map<Place, Written> written = new HashMap<>();
    private final List<Undo> undo = new ArrayList<>();
    /** The same in key order; made by the first scan of the batch. */
    private @Nullable TreeMap<Place, Written> sorted;

    @Nullable
    Written get(Place place) {
        return written.get(place);
    }

    void write(Place place, Written value) {
        undo.add(new Undo(place, written.put(place, value)));
        if (sorted != null) {
            sorted.put(place, value);
        }
    }

    /** Hears of everything that was written and not undone. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes the last state of one record.
         *
         * @param header null when it was removed
         */
        void written(int table, byte[] key, @Nullable RecordHeader header);
    }

    void forEach(Visitor visitor) {
        written.forEach((place, last) -> visitor.written(place.table, place.key, last.header()));
    }

    /** What was written so far stays. */
    void commit() {
        undo.clear();
    }

    /** Undoes what was written since the last commit. */
    void rollback() {
        for (int i = undo.size() - 1; i >= 0; i--) {
            Undo step = undo.get(i);
            if (step.before() == null) {
                written.remove(step.place());
            } else {
                written.put(step.place(), step.before());
            }
        }
        undo.clear();
        sorted = null;
    }

    /** The places of a range as they are now, in key order or reversed; later writes do not show. */
    List<Cell> range(int table, byte[] from, byte @Nullable [] to, boolean reversed) {
        if (written.isEmpty()) {
            return List.of();
        }
        if (sorted == null) {
            sorted = new TreeMap<>(written);
        }
        Place first = new Place(table, from);
        Place end = to == null ? new Place(table + 1, new byte[0]) : new Place(table, to);
        if (first.compareTo(end) >= 0) {
            return List.of();
        }
        NavigableMap<Place, Written> part = sorted.subMap(first, true, end, false);
        List<Cell> cells = new ArrayList<>(part.size());
        (reversed ? part.descendingMap() : part).forEach((place, value) -> cells.add(new Cell(place.key, value)));
        return cells;
    }
}
