package io.metastore.recovery.inspect;

import io.metastore.api.CommandType;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.StoreClosedException;
import io.metastore.api.TableDef;
import io.metastore.recovery.internal.inspect.EpochFiles;
import io.metastore.recovery.internal.journal.JournalWalk;
import io.metastore.recovery.journal.EntryVisitor.ScannedEntry;
import io.metastore.recovery.journal.JournalScan;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.journal.TableRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A journal for people to read, and for programs that look into it: entries in order, decoded into transactions, tables, keys and values.
 *
 * <pre>{@code
 * try (JournalInspector journal = JournalInspector.open(Path.of("data/meta")).with(DATABASES);
 *         Stream<InspectedEntry> entries = journal.entries(JournalQuery.all().key(DATABASES, "sales"))) {
 *     entries.forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Offline and read-only: changes no byte, takes no lock, never opens {@code LOCK}; also beside a process that is writing there, of which it then sees a
 * journal that was there at some moment. Memory does not grow with the journal. What is committed of it is not known; the commit indexes that leaders wrote
 * into it are a lower bound, see {@link JournalScan#commitHints} and {@link EntryContent.Batch#commitIndex}.
 *
 * <p>The journal refers to tables by numbers. Their names come from the state beside it, or the newest image, and from registrations in entries behind those.
 * A table whose name cannot be found out is shown as {@code #number}. Beside a running process the state is the one it flushed last.
 *
 * <p>Callable from any thread; each stream is for one. Immutable but for closing: {@code with..} gives another one on the same files, and closing any closes
 * all.
 */
public final class JournalInspector implements AutoCloseable {

    private final JournalPlace place;
    private final TableNames.Base base;
    private final Definitions definitions;
    private final Open open;

    private JournalInspector(JournalPlace place, TableNames.Base base, Definitions definitions, Open open) {
        this.place = place;
        this.base = base;
        this.definitions = definitions;
        this.open = open;
    }

    /** What is to be closed in the end. */
    private static final class Open {
        private final Set<Walking> walks = ConcurrentHashMap.newKeySet();
        private volatile boolean closed;
    }

    /**
     * Opens the journal that the member of a directory uses.
     *
     * @param directory of a member, stopped or running, or a copy of one; or of an epoch; or with the files of a journal
     * @throws DirectoryUnusableException there is no journal, or it cannot be read
     */
    public static JournalInspector open(Path directory) {
        List<JournalPlace> places = places(directory);
        if (places.isEmpty()) {
            throw new DirectoryUnusableException("no journal is there: directory=" + directory
                    + " expected: the directory of a member, of an epoch, or with files log_..; check the path");
        }
        return open(places.get(places.size() - 1));
    }

    /** All journals in a directory, those of former epochs too; the one that is used comes last. */
    public static List<JournalPlace> places(Path directory) {
        try {
            return new EpochFiles(new DiskFileLayer())
                    .journals(directory).stream()
                            .map(found -> new JournalPlace(
                                    found.store(),
                                    found.number(),
                                    found.live(),
                                    Optional.ofNullable(found.epoch()),
                                    found.journal()))
                            .toList();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /**
     * Opens one of several journals.
     *
     * @throws DirectoryUnusableException what is beside it cannot be read
     */
    public static JournalInspector open(JournalPlace place) {
        TableNames.Base base =
                place.epochDirectory().map(EpochTables::read).orElse(new TableNames.Base(List.of(), -1, "journal"));
        return new JournalInspector(place, base, Definitions.NONE, new Open());
    }

    /** The same, with keys and values of these tables decoded into the application's objects. */
    public JournalInspector with(TableDef<?, ?>... tables) {
        return new JournalInspector(place, base, definitions.with(List.of(tables)), open);
    }

    /** The same, with the tables that another journal of the epoch knows at its end, which is read. Entries always name tables whose numbers are committed. */
    public JournalInspector withTablesOf(JournalInspector other) {
        List<TableRecord> records = other.tables().stream()
                .map(each ->
                        new TableRecord(each.id(), each.name(), each.keyCodec(), each.valueCodec(), each.version()))
                .toList();
        TableNames.Base all = new TableNames.Base(records, Long.MAX_VALUE, other.tablesFrom());
        return new JournalInspector(place, all, definitions, open);
    }

    /** The same, with arguments of these commands decoded into the application's objects. Handlers are not run. */
    public JournalInspector withCommands(CommandType<?, ?>... commands) {
        return new JournalInspector(place, base, definitions.withCommands(List.of(commands)), open);
    }

    /** The same, with the texts of values cut to so many characters, and their length in bytes behind them; 200 unless told otherwise. Objects are whole. */
    public JournalInspector shortenedTo(int characters) {
        return new JournalInspector(place, base, definitions.shortenedTo(characters), open);
    }

    /** Where the journal is. */
    public JournalPlace place() {
        return place;
    }

    /** Where the names of tables come from, for people: a state, an image, or the journal alone. */
    public String tablesFrom() {
        return base.origin();
    }

    /** The tables that can be told, by number, at the end of the journal. Reads all of it. */
    public List<InspectedTable> tables() {
        TableNames names = new TableNames(base);
        read(new EntryDecoder(JournalQuery.all().limit(0).from(Long.MAX_VALUE), names, values()), 0, entry -> {});
        return names.tables();
    }

    /** What the journal holds as a whole: terms, memberships, commit hints, and the first damage with what is behind it. Reads all of it. */
    public JournalScan scan() {
        return read(JournalQuery.all().limit(0), entry -> {});
    }

    /** All entries up to the first damage, of which {@link #scan} tells; see {@link #entries(JournalQuery)}. */
    public Stream<InspectedEntry> entries() {
        return entries(JournalQuery.all());
    }

    /**
     * Entries in order, up to the first damage, of which {@link #scan} tells. Read as they are asked for; to be closed.
     *
     * @throws DirectoryUnusableException the journal cannot be read; also while the stream is used
     */
    public Stream<InspectedEntry> entries(JournalQuery query) {
        Walking walking = new Walking(walk(), new EntryDecoder(query, new TableNames(base), values()), query);
        open.walks.add(walking);
        if (open.closed) {
            walking.close();
            throw closed();
        }
        return StreamSupport.stream(walking, false).onClose(walking::close);
    }

    /**
     * Reads the journal to its end in one pass.
     *
     * @param consumer is shown the entries asked for, in order, up to the first damage; on this thread. What it throws reaches the caller
     * @return what the journal holds as a whole, damage too
     */
    public JournalScan read(JournalQuery query, Consumer<InspectedEntry> consumer) {
        return read(new EntryDecoder(query, new TableNames(base), values()), query.limit(), consumer);
    }

    private JournalScan read(EntryDecoder decoder, long limit, Consumer<InspectedEntry> consumer) {
        if (open.closed) {
            throw closed();
        }
        long left = limit;
        try (JournalWalk walk = walk()) {
            for (ScannedEntry entry = walk.next(); entry != null; entry = walk.next()) {
                InspectedEntry decoded = decoder.decode(entry);
                if (decoded != null && left > 0) {
                    consumer.accept(decoded);
                    left--;
                }
            }
            return walk.scan();
        } catch (IOException e) {
            throw unreadable(place.directory(), e);
        }
    }

    /** The entry at an index; empty when the journal does not have it, or has it behind a damage. */
    public Optional<InspectedEntry> entry(long index) {
        try (Stream<InspectedEntry> entries =
                entries(JournalQuery.all().from(index).to(index))) {
            return entries.findFirst();
        }
    }

    /**
     * Finds the transaction that made a revision. Entries do not say which revisions they make, since that depends on the state. So the results of late batches
     * are looked up, which state and images remember: 256 batches of each session. When nothing is found there, nothing else is tried.
     */
    public RevisionSearch revision(long number) {
        return new RevisionFinder(this).find(number, null);
    }

    /**
     * The same, and when that finds nothing, entries are applied to a copy of an image, or to an empty state, as a member would: exact, but as long as that takes.
     * Ends at the first command, which only the application can run.
     *
     * @param scratch an existing directory outside of the journal's, with room for an image; what is put there is deleted again
     */
    public RevisionSearch revision(long number, Path scratch) {
        return new RevisionFinder(this).find(number, scratch);
    }

    private JournalWalk walk() {
        try {
            return new JournalWalk(place.directory());
        } catch (IOException e) {
            throw unreadable(place.directory(), e);
        }
    }

    private ValueDecoder values() {
        return new ValueDecoder(definitions);
    }

    static DirectoryUnusableException unreadable(Path directory, IOException cause) {
        return new DirectoryUnusableException(
                "journal cannot be read: directory=" + directory + " cause=" + cause
                        + "; check the path and its permissions",
                cause);
    }

    private StoreClosedException closed() {
        return new StoreClosedException("journal inspector is closed: directory=" + place.directory());
    }

    /** Closes the files of all streams, which end there. Idempotent. */
    @Override
    public void close() {
        open.closed = true;
        open.walks.forEach(Walking::close);
    }

    /** A stream's way through the journal. Closed by another thread, it ends with an exception. */
    private final class Walking extends Spliterators.AbstractSpliterator<InspectedEntry> {
        private final JournalWalk walk;
        private final EntryDecoder decoder;
        private final JournalQuery query;
        private long left;
        private boolean closed;

        Walking(JournalWalk walk, EntryDecoder decoder, JournalQuery query) {
            super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
            this.walk = walk;
            this.decoder = decoder;
            this.query = query;
            this.left = query.limit();
        }

        @Override
        public boolean tryAdvance(Consumer<? super InspectedEntry> action) {
            InspectedEntry next = left > 0 ? next() : null;
            if (next == null) {
                return false;
            }
            left--;
            action.accept(next);
            return true;
        }

        private synchronized @Nullable InspectedEntry next() {
            if (closed) {
                throw closed();
            }
            try {
                for (ScannedEntry entry = walk.next(); entry != null; entry = walk.next()) {
                    if (query.isBeyond(entry.position().index())) {
                        return null;
                    }
                    InspectedEntry decoded = decoder.decode(entry);
                    if (decoded != null) {
                        return decoded;
                    }
                }
                return null;
            } catch (IOException e) {
                throw unreadable(place.directory(), e);
            }
        }

        private StoreClosedException closed() {
            return JournalInspector.this.closed();
        }

        synchronized void close() {
            closed = true;
            open.walks.remove(this);
            try {
                walk.close();
            } catch (IOException e) {
                throw unreadable(place.directory(), e);
            }
        }
    }
}
