package io.metastore.test.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The configurations that the search has met: which operations were placed, and the state they led to. Not thread-safe.
 *
 * <p>Lowe's memoization ("Testing for linearizability", 2017), sharpened for operations that may be left out: what can be
 * done after placing many of those can also be done after placing only some of them, if all else is equal.
 */
final class Configurations<S> {
    private final Map<Key<S>, List<BitSet>> optionalByKey = new HashMap<>();
    private long met;

    /** Required operations placed, without the long run of ones at its start, and the state. */
    private record Key<S>(int placedBelow, BitSet placedAbove, S state) {
        static <S> Key<S> of(BitSet required, S state) {
            int placedBelow = required.nextClearBit(0);
            return new Key<>(placedBelow, required.get(placedBelow, Math.max(placedBelow, required.length())), state);
        }
    }

    /**
     * Remembers a configuration. The sets are copied.
     *
     * @return false if one was met from which everything can be done that can be done from this one
     */
    boolean meet(BitSet required, BitSet optional, S state) {
        List<BitSet> optionalSets = optionalByKey.computeIfAbsent(Key.of(required, state), key -> new ArrayList<>(1));
        for (BitSet known : optionalSets) {
            if (containsAll(optional, known)) {
                return false;
            }
        }
        optionalSets.removeIf(known -> containsAll(known, optional));
        optionalSets.add((BitSet) optional.clone());
        met++;
        return true;
    }

    /** How often {@link #meet} returned true. */
    long met() {
        return met;
    }

    private static boolean containsAll(BitSet set, BitSet part) {
        for (int bit = part.nextSetBit(0); bit >= 0; bit = part.nextSetBit(bit + 1)) {
            if (!set.get(bit)) {
                return false;
            }
        }
        return true;
    }
}
