package io.metastore.snapshot.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What was changed on a real disk and not forced yet, so that it can be taken from a copy of it. Follows directories that are renamed: each change is
 * kept under the names that are in force when all later changes are undone.
 */
final class UnforcedChanges {

    /** Takes one change back at the place where it was made. */
    interface Undo {
        void at(Path path) throws IOException;
    }

    private static final class Change {
        private Path forcedBy;
        private Path path;
        private @Nullable Path renamedFrom;
        private final Undo undo;

        Change(Path forcedBy, Path path, @Nullable Path renamedFrom, Undo undo) {
            this.forcedBy = forcedBy;
            this.path = path;
            this.renamedFrom = renamedFrom;
            this.undo = undo;
        }
    }

    private final Deque<Change> changes = new ArrayDeque<>(); // The latest first.

    void add(Path forcedBy, Path path, Undo undo) {
        changes.addFirst(new Change(forcedBy, path, null, undo));
    }

    /** @param replaced what the file held that had the name before; null when there was none */
    void addRename(Path from, Path to, byte @Nullable [] replaced) {
        changes.addFirst(new Change(parent(to), to, from, path -> {
            if (replaced != null) {
                Files.write(path, replaced);
            }
        }));
    }

    /**
     * What a disk may have written by itself before anybody forced it: of each directory and file some of the first changes, in every combination, but
     * neither nothing nor everything. Within one directory names are written in the order of the changes, as file systems with a journal do.
     */
    List<BitSet> partlyWritten() {
        Map<Path, List<Integer>> byPlace = new LinkedHashMap<>(); // Numbers of changes, the earliest first.
        int number = changes.size();
        for (Iterator<Change> earliest = changes.descendingIterator(); earliest.hasNext(); ) {
            number--;
            byPlace.computeIfAbsent(earliest.next().forcedBy, place -> new ArrayList<>())
                    .add(number);
        }
        List<BitSet> all = List.of(new BitSet());
        for (List<Integer> numbers : byPlace.values()) {
            List<BitSet> more = new ArrayList<>();
            for (BitSet start : all) {
                BitSet longer = (BitSet) start.clone();
                more.add((BitSet) longer.clone());
                for (int next : numbers) {
                    longer.set(next);
                    more.add((BitSet) longer.clone());
                }
            }
            all = more;
        }
        return all.stream()
                .filter(written -> !written.isEmpty() && written.cardinality() < changes.size())
                .toList();
    }

    /** The same changes without those that the disk has written by itself. */
    UnforcedChanges without(BitSet written) {
        UnforcedChanges left = new UnforcedChanges();
        for (Change change : changes) {
            left.changes.addLast(new Change(change.forcedBy, change.path, change.renamedFrom, change.undo));
        }
        Iterator<Integer> numbers = IntStream.range(0, changes.size()).iterator();
        left.settle((change, then) -> written.get(numbers.next()), Path.of(""));
        return left;
    }

    /** That file or directory was forced. */
    void forced(Path forced) {
        settle((change, then) -> change.forcedBy.equals(then), forced);
    }

    private void settle(BiPredicate<Change, Path> isDurable, Path forced) {
        Path then = forced; // Its name at the time of the change that is looked at.
        Deque<Change> left = new ArrayDeque<>();
        Deque<Change> durableRenames = new ArrayDeque<>();
        for (Change change : changes) {
            boolean durable = isDurable.test(change, then);
            for (Change rename : durableRenames) {
                rename(change, Objects.requireNonNull(rename.renamedFrom), rename.path);
            }
            if (durable) {
                if (change.renamedFrom != null) {
                    durableRenames.addFirst(change);
                    then = rebased(then, change.path, change.renamedFrom);
                }
                continue;
            }
            if (change.renamedFrom != null) {
                then = rebased(then, change.path, change.renamedFrom);
            }
            left.addLast(change);
        }
        changes.clear();
        changes.addAll(left);
    }

    /** The change came before a rename that cannot be undone any more. */
    private static void rename(Change change, Path from, Path to) {
        change.path = rebased(change.path, from, to);
        change.forcedBy = rebased(change.forcedBy, from, to);
        if (change.renamedFrom != null) {
            change.renamedFrom = rebased(change.renamedFrom, from, to);
        }
    }

    /** Undoes all of them, the latest first; false when there was nothing to undo. */
    boolean undo(UnaryOperator<Path> inCopy) throws IOException {
        for (Change change : changes) {
            Path path = inCopy.apply(change.path);
            boolean content = change.forcedBy.equals(change.path);
            if (!Files.exists(content ? path : parent(path))) {
                continue; // It went with the directory that held it.
            }
            if (change.renamedFrom != null) {
                Files.move(path, inCopy.apply(change.renamedFrom));
            }
            change.undo.at(path);
        }
        return !changes.isEmpty();
    }

    private static Path rebased(Path path, Path from, Path to) {
        return path.startsWith(from) ? to.resolve(from.relativize(path)) : path;
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "the root has no parent");
    }
}
