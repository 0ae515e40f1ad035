package io.metastore.test.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The beginning of a linearization: which operations have their place, which may come next. Not thread-safe.
 *
 * <p>Operations are numbered by deadline, so the required ones come before the optional ones. An operation may come next
 * if it began before the first deadline among the required operations that have no place yet.
 */
final class PartialLinearization<I, O> {
    private final List<Placement<I, O>> placements;
    private final int requiredCount;

    /** Equal numbers for placements with equal input and output. */
    private final int[] kinds;

    /** For each kind, the last call of {@link #requiredCandidates()} that listed it. */
    private final long[] listedBy;

    private long listings;

    /** Without a place yet, by {@code notBefore}. */
    private final PendingOrder pending;

    private final BitSet required = new BitSet();
    private final BitSet optional = new BitSet();

    private record Kind<I, O>(I input, Optional<O> output) {}

    /** @param placements by {@code notAfter} */
    PartialLinearization(List<Placement<I, O>> placements) {
        this.placements = placements;
        requiredCount = (int)
                placements.stream().filter(placement -> !placement.optional()).count();
        kinds = kinds(placements);
        listedBy = new long[placements.size()];
        pending = new PendingOrder(IntStream.range(0, placements.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> placements.get(i).notBefore()))
                .mapToInt(Integer::intValue)
                .toArray());
    }

    private static <I, O> int[] kinds(List<Placement<I, O>> placements) {
        Map<Kind<I, O>, Integer> kinds = new HashMap<>();
        return placements.stream()
                .map(placement -> new Kind<>(placement.input(), Optional.ofNullable(placement.output())))
                .mapToInt(kind -> kinds.computeIfAbsent(kind, first -> kinds.size()))
                .toArray();
    }

    Placement<I, O> placement(int operation) {
        return placements.get(operation);
    }

    /** Whether every required operation has its place. */
    boolean isComplete() {
        return required.nextClearBit(0) == requiredCount;
    }

    /**
     * The required operations that may come next, by deadline. Of those with equal input and output only the first is
     * listed: if a linearization has them in another order, they can be exchanged.
     */
    List<Integer> requiredCandidates() {
        List<Integer> candidates = candidates();
        candidates.removeIf(operation -> operation >= requiredCount);
        Collections.sort(candidates);
        listings++;
        candidates.removeIf(this::isListed);
        return candidates;
    }

    /** Whether one of the same kind was in the list already; notes that one is now. */
    private boolean isListed(int operation) {
        boolean listed = listedBy[kinds[operation]] == listings;
        listedBy[kinds[operation]] = listings;
        return listed;
    }

    /** The optional operations that may come next, those with equal inputs together. */
    List<List<Integer>> optionalCandidates() {
        Map<Integer, List<Integer>> byKind = new LinkedHashMap<>();
        for (int operation : candidates()) {
            if (operation >= requiredCount) {
                byKind.computeIfAbsent(kinds[operation], kind -> new ArrayList<>())
                        .add(operation);
            }
        }
        return new ArrayList<>(byKind.values());
    }

    private List<Integer> candidates() {
        List<Integer> candidates = new ArrayList<>();
        if (!isComplete()) {
            long firstDeadline = placements.get(required.nextClearBit(0)).notAfter();
            for (int i = pending.first();
                    i != pending.end() && placements.get(i).notBefore() <= firstDeadline;
                    i = pending.after(i)) {
                candidates.add(i);
            }
        }
        return candidates;
    }

    void place(int operation) {
        placed(operation).set(operation);
        pending.takeOut(operation);
    }

    /** Takes back the operation placed last. */
    void takeBack(int operation) {
        placed(operation).clear(operation);
        pending.putBack(operation);
    }

    private BitSet placed(int operation) {
        return operation < requiredCount ? required : optional;
    }

    int placedRequired() {
        return required.cardinality();
    }

    /** Remembers this and the state it led to; see {@link Configurations#meet}. */
    <S> boolean meet(Configurations<S> configurations, S state) {
        return configurations.meet(required, optional, state);
    }
}
