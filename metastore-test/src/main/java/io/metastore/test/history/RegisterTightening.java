package io.metastore.test.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the values seen of a register tell before any search. Used once, by one thread.
 *
 * <p>Three rules, which leave little of the unknown outcomes if tests write each value once:
 *
 * <ul>
 *   <li>If a value was seen and just one operation can have written it, then that one succeeded, before the first client
 *       that saw the value had its answer. This may tell of the value which that operation expected, and so on.
 *   <li>It succeeded after every write that was over before a client that saw the value asked for it.
 *   <li>Nothing tells two values apart that no client saw or expected, so one of them can stand for all. Operations that
 *       become equal this way are tried once rather than in every order.
 * </ul>
 */
final class RegisterTightening {
    private final List<Placement<RegisterInput, RegisterOutput>> placements;

    RegisterTightening(List<Placement<RegisterInput, RegisterOutput>> placements) {
        this.placements = new ArrayList<>(placements);
    }

    List<Placement<RegisterInput, RegisterOutput>> result() {
        Map<String, Integer> soleWriters = soleWriters();
        while (narrow(soleWriters)) {
            // Once more: an operation that is now known to have succeeded saw the value it expected.
        }
        delayWriters(soleWriters);
        renameUnseenValues();
        return placements;
    }

    /** The only operation that can have written the value, for values that have just one. */
    private Map<String, Integer> soleWriters() {
        Map<String, List<Integer>> writers = new HashMap<>();
        for (int i = 0; i < placements.size(); i++) {
            String written = written(placements.get(i));
            if (written != null) {
                writers.computeIfAbsent(written, value -> new ArrayList<>()).add(i);
            }
        }
        Map<String, Integer> sole = new HashMap<>();
        writers.forEach((value, indices) -> {
            if (indices.size() == 1) {
                sole.put(value, indices.get(0));
            }
        });
        return sole;
    }

    /** Returns whether a window became smaller. */
    private boolean narrow(Map<String, Integer> soleWriters) {
        boolean changed = false;
        for (int i = placements.size() - 1; i >= 0; i--) { // Backwards, as writers mostly come before observers.
            Placement<RegisterInput, RegisterOutput> observer = placements.get(i);
            String seen = seen(observer);
            Integer index = seen == null ? null : soleWriters.get(seen);
            if (index != null) {
                Placement<RegisterInput, RegisterOutput> writer = placements.get(index);
                // Seen before it was written? Then the search has to find out, so leave it a window.
                long notAfter = Math.max(writer.notBefore(), observer.notAfter());
                if (notAfter < writer.notAfter()) {
                    RegisterOutput output = writer.output() == null ? RegisterOutput.done() : writer.output();
                    placements.set(index, new Placement<>(writer.input(), output, writer.notBefore(), notAfter));
                    changed = true;
                }
            }
        }
        return changed;
    }

    /** Moves sole writers behind those writes that would otherwise hide their value from a client that saw it. */
    private void delayWriters(Map<String, Integer> soleWriters) {
        NavigableMap<Long, Long> latestStarts = latestStartsOfWrites();
        for (Placement<RegisterInput, RegisterOutput> observer : List.copyOf(placements)) {
            String seen = seen(observer);
            Integer index = seen == null ? null : soleWriters.get(seen);
            Map.Entry<Long, Long> hiding = latestStarts.lowerEntry(observer.notBefore());
            if (index != null && hiding != null) {
                Placement<RegisterInput, RegisterOutput> writer = placements.get(index);
                if (hiding.getValue() > writer.notBefore() && hiding.getValue() <= writer.notAfter()) {
                    placements.set(
                            index,
                            new Placement<>(writer.input(), writer.output(), hiding.getValue(), writer.notAfter()));
                }
            }
        }
    }

    /** For each moment at which a write was certainly over, the latest start of those over by then. */
    private NavigableMap<Long, Long> latestStartsOfWrites() {
        NavigableMap<Long, Long> starts = new TreeMap<>();
        placements.stream()
                .filter(placement -> placement.output() instanceof RegisterOutput.Done)
                .sorted(Comparator.comparingLong(Placement::notAfter))
                .forEach(placement -> {
                    Map.Entry<Long, Long> before = starts.lastEntry();
                    long latest = before == null ? placement.notBefore() : before.getValue();
                    starts.put(placement.notAfter(), Math.max(latest, placement.notBefore()));
                });
        return starts;
    }

    private void renameUnseenValues() {
        Set<String> known = new HashSet<>();
        for (Placement<RegisterInput, RegisterOutput> placement : placements) {
            known.add(seen(placement));
            if (placement.input() instanceof RegisterInput.CompareAndSet cas) {
                known.add(cas.expected());
            }
        }
        String stand = null;
        for (int i = 0; i < placements.size(); i++) {
            Placement<RegisterInput, RegisterOutput> placement = placements.get(i);
            String written = written(placement);
            if (written != null && !known.contains(written)) {
                stand = stand == null ? written : stand;
                RegisterInput renamed = renamed(placement.input(), stand);
                placements.set(
                        i, new Placement<>(renamed, placement.output(), placement.notBefore(), placement.notAfter()));
            }
        }
    }

    /** The value that the register certainly had at the moment of the operation, or null. */
    private static @Nullable String seen(Placement<RegisterInput, RegisterOutput> placement) {
        if (placement.output() instanceof RegisterOutput.Value read) {
            return read.value();
        }
        return placement.input() instanceof RegisterInput.CompareAndSet cas
                        && placement.output() instanceof RegisterOutput.Done
                ? cas.expected()
                : null;
    }

    /** The value that the register may have after the operation because of it, or null. */
    private static @Nullable String written(Placement<RegisterInput, RegisterOutput> placement) {
        if (placement.output() instanceof RegisterOutput.Conflict) {
            return null;
        }
        RegisterInput input = placement.input();
        if (input instanceof RegisterInput.Write write) {
            return write.value();
        }
        if (input instanceof RegisterInput.CompareAndSet cas) {
            return cas.next();
        }
        return input instanceof RegisterInput.Replace replace ? replace.value() : null;
    }

    private static RegisterInput renamed(RegisterInput input, String value) {
        if (input instanceof RegisterInput.Write) {
            return RegisterInput.write(value);
        }
        if (input instanceof RegisterInput.CompareAndSet cas) {
            return RegisterInput.compareAndSet(cas.expected(), value);
        }
        if (input instanceof RegisterInput.Replace replace) {
            return RegisterInput.replace(replace.expectedVersion(), value);
        }
        throw new IllegalStateException("not a write: input=" + input);
    }
}
