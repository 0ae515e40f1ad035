package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import io.metastore.recovery.branch.TakenOver.Fork;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.recovery.journal.TermRun;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Entries that a member cut off its journal while its cluster lived, because another leader had others in their place, or an image took the place of the journal, and
 * keeps beside it.
 *
 * @param directory with one file of a journal
 * @param before last entry that stayed
 * @param first entry that was cut off
 * @param last entry that was cut off
 * @param replaced whether another entry came in the place of the first; otherwise nobody knows where they leave the history, if at all
 */
record OverwrittenTail(Path directory, LogPosition before, LogPosition first, LogPosition last, boolean replaced) {
    private static final String DIRECTORY = "overwritten";
    private static final String ABOUT = "about";
    private static final String KIND = "metastore-overwritten";
    private static final int VERSION = 1;
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})\\.([0-9]{1,18})-([0-9]{1,18})\\.([0-9]{1,18})");

    /**
     * Those beside a journal, by their last entries; what is being written, or was cut off while it was, is none.
     *
     * @throws io.metastore.api.MetastoreException one of them does not say what it is
     */
    static List<OverwrittenTail> beside(FileLayer files, JournalPlace journal) throws IOException {
        Path directory = journal.directory().resolveSibling(DIRECTORY);
        if (files.kind(directory) != Kind.DIRECTORY) {
            return List.of();
        }
        List<OverwrittenTail> found = new ArrayList<>();
        for (String name : files.list(directory)) {
            Matcher matcher = NAME.matcher(name);
            if (matcher.matches()) {
                read(files, directory.resolve(name), position(matcher, 1), position(matcher, 3))
                        .ifPresent(found::add);
            }
        }
        found.sort(Comparator.comparing(OverwrittenTail::last));
        return found;
    }

    private static Optional<OverwrittenTail> read(FileLayer files, Path directory, LogPosition first, LogPosition last)
            throws IOException {
        Path about = directory.resolve(ABOUT);
        try {
            return Optional.of(
                    Facts.read(about, files.read(about), KIND, VERSION).build(facts -> {
                        LogPosition before = parse(facts.text("before"));
                        facts.anyText("leader");
                        boolean replaced = parse(facts.text("by")).index() == first.index();
                        return new OverwrittenTail(directory, before, first, last, replaced);
                    }));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // It made room for newer ones meanwhile.
        }
    }

    private static LogPosition position(Matcher matcher, int group) {
        return new LogPosition(Long.parseLong(matcher.group(group)), Long.parseLong(matcher.group(group + 1)));
    }

    private static LogPosition parse(String text) {
        int colon = text.indexOf(':');
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    /** Where it is. */
    JournalPlace place(JournalPlace journal) {
        return new JournalPlace(journal.store(), journal.epoch(), false, Optional.empty(), directory);
    }

    /** From where on it is not in the journal after all: the leader that cut it off may have been lost, with what it had in its place. */
    Fork leaves(JournalScan journal, JournalScan tail) {
        List<LogPosition> terms = journal.terms().stream()
                .map(run -> new LogPosition(run.term(), run.first()))
                .toList();
        if (terms.isEmpty() || terms.get(0).index() > last.index()) {
            return new Fork(first.index(), false); // Purged meanwhile.
        }
        Fork fork = new TakenOver(terms, journal.last()).fork(tail);
        return fork.exact() ? fork : new Fork(first.index(), replaced);
    }

    /** The entry before that. */
    LogPosition before(Fork fork, JournalScan tail) {
        LogPosition found = before;
        for (TermRun run : tail.terms()) {
            if (run.first() < fork.index()) {
                found = new LogPosition(run.term(), fork.index() - 1);
            }
        }
        return found;
    }
}
