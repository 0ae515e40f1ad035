package io.metastore.cli;

import io.metastore.api.ByteRange;
import io.metastore.recovery.inspect.InspectedTable;
import io.metastore.recovery.inspect.JournalInspector;
import io.metastore.recovery.inspect.JournalPlace;
import io.metastore.recovery.inspect.JournalQuery;
import io.metastore.recovery.inspect.RevisionSearch;
import io.metastore.recovery.journal.Damage;
import io.metastore.recovery.journal.JournalScan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code metastore journal}: entries, decoded as well as can be without the application. */
@Command(
        name = "journal",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Main.Version.class,
        description = {
            "Prints the entries of a journal. Changes nothing; also beside a running process.",
            "Whether the last entries were committed is not known from one journal.",
            "As JSON: the entries, then the journal as a whole."
        })
final class JournalCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIRECTORY", description = "Of a member, of an epoch, or with the files of a journal.")
    private Path directory = Path.of("");

    @Option(names = "--epoch", paramLabel = "N", description = "A former epoch instead of the live one.")
    private @Nullable Long epoch;

    @Option(names = "--from", paramLabel = "INDEX", description = "First index.")
    private @Nullable Long from;

    @Option(names = "--to", paramLabel = "INDEX", description = "Last index.")
    private @Nullable Long to;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Batches from this time on, by their leaders' clocks, as 2026-01-31T12:00:00Z.")
    private @Nullable Instant since;

    @Option(names = "--until", paramLabel = "TIME", description = "Batches before this time.")
    private @Nullable Instant until;

    @Option(names = "--table", paramLabel = "NAME", description = "Batches that write to this table.")
    private @Nullable String table;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Batches that may write this key of the table: text, number, UUID, or 0x and its bytes.")
    private @Nullable String key;

    @Option(names = "--key-prefix", paramLabel = "KEY", description = "Batches that may write keys that begin so.")
    private @Nullable String keyPrefix;

    @Option(names = "--revision", paramLabel = "N", description = "The transaction that made this revision.")
    private @Nullable Long revision;

    @Option(
            names = "--scratch",
            paramLabel = "DIRECTORY",
            description =
                    "For --revision: where the journal may be applied to a copy of an image, outside of DIRECTORY.")
    private @Nullable Path scratch;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many entries.")
    private @Nullable Long limit;

    @Option(
            names = "--width",
            paramLabel = "N",
            defaultValue = "200",
            description = "Cut texts of values to so many characters (${DEFAULT-VALUE}).")
    private int width;

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (width < 1) {
            throw usage("--width must be at least 1: " + width);
        }
        PrintWriter out = spec.commandLine().getOut();
        try (JournalInspector opened = open();
                JournalInspector journal = opened.shortenedTo(width);
                Bar bar = Bar.onTerminal()) {
            bar.step("read " + directory);
            return revision == null ? entries(journal, bar, out) : revision(journal, revision, bar, out);
        }
    }

    private JournalInspector open() {
        if (epoch == null) {
            return JournalInspector.open(directory);
        }
        List<JournalPlace> places = JournalInspector.places(directory);
        return places.stream()
                .filter(each -> each.epoch() == epoch)
                .findFirst()
                .map(JournalInspector::open)
                .orElseThrow(() -> new RefusedException("no such epoch: epoch=" + epoch + " directory=" + directory
                        + " epochs=" + places.stream().map(JournalPlace::epoch).toList()));
    }

    /** The bar is there until the first one is found. */
    private int entries(JournalInspector journal, Bar bar, PrintWriter out) {
        JournalScan scan = journal.read(query(journal), entry -> {
            bar.remove();
            out.println(output.json() ? JournalJson.entry(entry) : entry);
        });
        bar.remove();
        out.println(output.json() ? JournalJson.scan(journal, scan) : summary(journal, scan));
        return scan.damage().stream().allMatch(Damage::normalAfterCrash) ? ExitCodes.OK : ExitCodes.DAMAGE;
    }

    private int revision(JournalInspector journal, long number, Bar bar, PrintWriter out) {
        RevisionSearch found = scratch == null ? journal.revision(number) : journal.revision(number, scratch);
        bar.remove();
        out.println(output.json() ? JournalJson.revision(found) : found);
        return found.answer() == RevisionSearch.Answer.FOUND ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private JournalQuery query(JournalInspector journal) {
        JournalQuery query = JournalQuery.all().from(from == null ? 0 : from).to(to == null ? Long.MAX_VALUE : to);
        if (since != null || until != null) {
            query = query.between(since, until);
        }
        if (limit != null) {
            query = query.limit(limit);
        }
        if (table == null) {
            if (key != null || keyPrefix != null) {
                throw usage("--key and --key-prefix need --table");
            }
            return query;
        }
        if (key != null && keyPrefix != null) {
            throw usage("--key and --key-prefix exclude each other");
        }
        return key == null && keyPrefix == null ? query.table(table) : query.keys(table, keys(journal, table));
    }

    private ByteRange keys(JournalInspector journal, String name) {
        InspectedTable found = journal.tables().stream()
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElse(null);
        try {
            if (key != null) {
                byte[] exact = KeyText.parse(key, found == null ? "" : found.keyCodec());
                return new ByteRange(exact, ByteRange.after(exact));
            }
            byte[] prefix = KeyText.parsePrefix(String.valueOf(keyPrefix), found == null ? "" : found.keyCodec());
            return new ByteRange(prefix, ByteRange.afterPrefix(prefix));
        } catch (IllegalArgumentException e) {
            throw usage("not a key of table " + name + ": " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String summary(JournalInspector journal, JournalScan scan) {
        String entries = scan.first()
                .map(first -> "entries " + first + " to " + scan.last())
                .orElse("no entries");
        return "journal " + journal.place().directory() + ": " + entries + ", names of tables from "
                + journal.tablesFrom()
                + scan.damage().map(damage -> "\ndamage: " + damage).orElse("");
    }
}
