package io.metastore.examples;

import io.metastore.api.CasResult;
import io.metastore.api.Entry;
import io.metastore.api.MetaStore;
import io.metastore.api.Table;
import io.metastore.examples.Catalog.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;

/** Two people edit the note of one module at the same time: nobody's line may get lost. */
final class Editors {

    /**
     * What became of lines that were added with transactions.
     *
     * @param added how many, by both editors
     * @param kept how many the note holds in the end
     * @param repeats runs of closures beyond the first: the conflicts that were noticed
     */
    record Lines(long added, long kept, long repeats) {}

    /**
     * What became of one line that was written by version.
     *
     * @param first the answer to a version that somebody else had passed meanwhile
     * @param second the answer to the version that the first answer named
     */
    record ByVersion(long version, CasResult first, CasResult second) {}

    private Editors() {}

    /** Each editor adds lines with a closure: read the note, write it with one more line. */
    static Lines addLines(List<MetaStore> editors, String module, int linesEach) throws InterruptedException {
        editors.get(0).table(Catalog.NOTES).put(module, new Note(List.of()));
        AtomicLong runs = new AtomicLong();
        CyclicBarrier together = new CyclicBarrier(editors.size());
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (MetaStore store : editors) {
            int editor = tasks.size() + 1;
            tasks.add(() -> {
                together.await();
                for (int i = 0; i < linesEach; i++) {
                    String line = "editor " + editor + ", line " + i;
                    store.update(tx -> {
                        runs.incrementAndGet();
                        Note note = tx.in(Catalog.NOTES).get(module).orElseThrow();
                        tx.in(Catalog.NOTES).put(module, with(note, line));
                    });
                }
                return linesEach;
            });
        }
        try (Workers<Integer> workers = Workers.start("editor", tasks)) {
            long added =
                    workers.results().stream().mapToLong(Integer::longValue).sum();
            long kept = editors.get(0).table(Catalog.NOTES).get(module).orElseThrow().lines().stream()
                    .distinct()
                    .count();
            return new Lines(added, kept, runs.get() - added);
        }
    }

    /** One editor reads, the other writes, the first one writes what it had in mind. */
    static ByVersion replaceAnOldVersion(MetaStore one, MetaStore other, String module) {
        Table<String, Note> notes = one.table(Catalog.NOTES);
        notes.put(module, new Note(List.of("first line")));
        Entry<String, Note> seen = notes.getEntry(module).orElseThrow();
        other.table(Catalog.NOTES).put(module, new Note(List.of("written meanwhile by the other editor")));

        CasResult first = notes.replace(module, seen.version(), with(seen.value(), "second line"));
        CasResult second = first;
        if (first instanceof CasResult.Conflict conflict) {
            Note current = notes.get(module).orElseThrow();
            second = notes.replace(module, conflict.currentVersion(), with(current, "second line"));
        }
        return new ByVersion(seen.version(), first, second);
    }

    private static Note with(Note note, String line) {
        List<String> lines = new ArrayList<>(note.lines());
        lines.add(line);
        return new Note(lines);
    }
}
