package io.metastore.recovery.inspect;

import static io.metastore.recovery.inspect.Catalog.DATABASES;
import static io.metastore.recovery.inspect.Catalog.NAMES;
import static io.metastore.recovery.inspect.Catalog.PARTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.metastore.api.Codecs;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.StoreClosedException;
import io.metastore.api.TableDef;
import io.metastore.api.TupleCodec;
import io.metastore.recovery.inspect.EntryContent.Batch;
import io.metastore.recovery.inspect.InspectedOp.Put;
import io.metastore.recovery.inspect.InspectedTransaction.Changes;
import io.metastore.recovery.inspect.InspectedTransaction.Command;
import io.metastore.recovery.inspect.InspectedValue.Form;
import io.metastore.recovery.journal.EntryVisitor.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that a store wrote, with every kind of operation, decoded. */
class JournalInspectorTest {
    private static final Pattern OBJECT = Pattern.compile("[A-Za-z]+@[0-9a-f]+");

    @TempDir
    static Path directory;

    private static DirectoryPhoto before = new DirectoryPhoto(Map.of());
    private static Instant begin = Instant.EPOCH;

    @BeforeAll
    static void write() {
        begin = Instant.now().minusSeconds(1);
        try (MetaStore store =
                MetaStore.builder(directory).commands(Catalog.RENAME).open()) {
            Catalog.write(store);
        }
        before = DirectoryPhoto.of(directory);
    }

    @AfterAll
    static void nothingWasChanged() {
        assertThat(DirectoryPhoto.of(directory)).isEqualTo(before);
    }

    private static JournalInspector open() {
        return JournalInspector.open(directory);
    }

    private static JournalInspector typed() {
        return open().with(Catalog.tables()).withCommands(Catalog.RENAME);
    }

    private static List<String> transactions(JournalInspector inspector) {
        try (inspector;
                Stream<InspectedEntry> entries = inspector.entries()) {
            return entries.flatMap(each -> each.transactions().stream())
                    .map(String::valueOf)
                    .toList();
        }
    }

    @Test
    void everyOperationIsReadableThroughTheApplicationsDefinitions() {
        assertThat(withoutClosure(transactions(typed())))
                .containsExactly(expected("EXTERNAL", "0x000102 (3 bytes)", "{from=\"sales\", to=\"sales_v2\"}"));
    }

    @Test
    void everyOperationIsReadableWithoutThem() {
        List<String> found = withoutClosure(transactions(open()));
        String argument = found.get(found.size() - 1);
        assertThat(argument).startsWith("command rename v1(0x01").contains(" bytes)");
        String[] expected = expected("\"EXTERNAL\"", "0x000102 (3 bytes)", "");
        expected[expected.length - 1] = argument;
        for (int i = 0; i < expected.length; i++) {
            expected[i] = expected[i].replace("{database=\"sales\", id=3}", "[\"sales\", 3]");
        }
        assertThat(found).containsExactly(expected);
    }

    /** Of which {@link #theClosuresReadsAreItsChecks} is about. */
    private static List<String> withoutClosure(List<String> transactions) {
        return transactions.stream().filter(each -> !each.contains("closure")).toList();
    }

    private static String[] expected(String kind, String part, String argument) {
        return new String[] {
            "register table names v1 (int64 -> utf8) as #1",
            "register table databases v1 (utf8 -> " + DATABASES.valueCodec().id() + ") as #2",
            "put databases[\"sales\"] = " + String.format(Catalog.SALES_TEXT, kind) + " (v1)",
            "when names[7] is absent, then put names[7] = \"seven\" (v1)",
            "when names[7] has version 1, then put names[7] = \"SEVEN\" (v1)",
            "when names[7] has version 99, then put names[7] = \"never\" (v1)",
            "remove names[7]",
            "put names[-1] = \"minus one\" (v1)",
            "remove names[-5 .. 5)",
            "register table parts v1 (tuple(utf8,int64) -> bytes) as #3",
            "put parts[{database=\"sales\", id=3}] = " + part + " (v1)",
            "when databases[\"sales\"] exists, then put names[10] = \"then\" (v1); remove names[11],"
                    + " otherwise put names[12] = \"otherwise\" (v1)",
            "take 10 of sequence 'db'",
            "register table opaques v1 (uuid -> opaque/1) as #4",
            "put opaques[00000000-0000-0001-8000-000000000002] = 0xfe05 (2 bytes) (v1)",
            "command rename v1(" + argument + ")"
        };
    }

    @Test
    void objectsAreTheOnesThatWereWritten() {
        try (JournalInspector inspector = typed();
                Stream<InspectedEntry> entries =
                        inspector.entries(JournalQuery.all().key(DATABASES, "sales"))) {
            Put put = (Put) changes(entries.findFirst().orElseThrow()).then().get(0);
            assertThat(put.key().form()).isEqualTo(Form.TYPED);
            assertThat(put.key().value()).isEqualTo("sales");
            assertThat(put.value().form()).isEqualTo(Form.TYPED);
            assertThat(put.value().value()).usingRecursiveComparison().isEqualTo(Catalog.SALES);
            assertThat(put.value().bytes()).isEqualTo(DATABASES.valueCodec().encode(Catalog.SALES));
        }
    }

    @Test
    void recordsWithoutTheirClassAreMapsOfTheirComponents() {
        try (JournalInspector inspector = open();
                Stream<InspectedEntry> entries =
                        inspector.entries(JournalQuery.all().key(DATABASES, "sales"))) {
            Put put = (Put) changes(entries.findFirst().orElseThrow()).then().get(0);
            assertThat(put.value().form()).isEqualTo(Form.DECODED);
            assertThat((Map<?, ?>) put.value().value())
                    .extracting("id", "name", "kind", "created")
                    .containsExactly(7L, "sales", "EXTERNAL", Instant.parse("2026-01-02T03:04:05Z"));
        }
    }

    @Test
    void aDefinitionThatDoesNotFitIsSaidAndDoesNoHarm() {
        TableDef<String, UUID> wrong = TableDef.of("names", Codecs.utf8(), Codecs.uuid());
        try (JournalInspector inspector = open().with(wrong);
                Stream<InspectedEntry> entries =
                        inspector.entries(JournalQuery.all().key(NAMES, -1L))) {
            Put put = (Put) changes(entries.findFirst().orElseThrow()).then().get(0);
            assertThat(put.key().value()).isEqualTo(-1L);
            assertThat(put.key().problem()).contains("utf8").contains("int64");
            assertThat(put.value().value()).isEqualTo("minus one");
            assertThat(put.value().problem()).contains("cannot decode");
        }
    }

    private static Changes changes(InspectedEntry entry) {
        return (Changes) entry.transactions().get(0);
    }

    @Test
    void theClosuresReadsAreItsChecks() {
        try (JournalInspector inspector = typed();
                Stream<InspectedEntry> entries =
                        inspector.entries(JournalQuery.all().key(NAMES, 13L))) {
            Changes closure = changes(entries.findFirst().orElseThrow());
            assertThat(closure.checks())
                    .hasAtLeastOneElementOfType(InspectedCheck.RangeUnchanged.class)
                    .allMatch(each -> each.toString().startsWith("names["));
            assertThat(closure.readRevision()).isPositive();
            assertThat(closure.then()).hasToString("[put names[13] = \"then closure\" (v1)]");
        }
    }

    @Test
    void commandsHaveTheirArgument() {
        try (JournalInspector inspector = typed();
                Stream<InspectedEntry> entries = inspector.entries()) {
            Command command = (Command) entries.flatMap(each -> each.transactions().stream())
                    .filter(Command.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            assertThat(command.argument().value()).isEqualTo(new Catalog.Rename("sales", "sales_v2"));
        }
    }

    @Test
    void otherEntriesAreReadableToo() {
        try (JournalInspector inspector = open();
                Stream<InspectedEntry> entries = inspector.entries()) {
            List<InspectedEntry> all = entries.toList();
            assertThat(all).allSatisfy(each -> {
                assertThat(each.toString()).doesNotContainPattern(OBJECT);
                assertThat(each.content()).isNotInstanceOf(EntryContent.Undecodable.class);
            });
            assertThat(all.get(0).kind()).isEqualTo(Kind.MEMBERSHIP);
            assertThat(all.get(0).toString()).contains("membership voters=[single incarnation=");
            List<Batch> batches = all.stream()
                    .map(InspectedEntry::content)
                    .filter(Batch.class::isInstance)
                    .map(Batch.class::cast)
                    .toList();
            assertThat(batches.get(0).opensSession()).isTrue();
            assertThat(batches.get(0).toString()).contains("opens the session");
            assertThat(batches)
                    .extracting(Batch::session)
                    .containsOnly(batches.get(0).session());
            assertThat(batches.get(batches.size() - 1).commitIndex()).isPositive();
            assertThat(batches).allMatch(each -> each.leaderTime().isAfter(begin));
        }
        assertThat(transactions(typed())).allSatisfy(each -> assertThat(each).doesNotContainPattern(OBJECT));
    }

    @Test
    void queriesFindWhatTheyAskFor() {
        assertThat(found(JournalQuery.all().table("parts"))).hasSize(2);
        assertThat(found(JournalQuery.all().table("no-such-table"))).isEmpty();
        assertThat(found(JournalQuery.all().key(NAMES, 12L)))
                .as("on the other branch")
                .hasSize(1);
        assertThat(found(JournalQuery.all().key(NAMES, 7L)))
                .as("not the removal of a range")
                .hasSize(4);
        assertThat(found(JournalQuery.all().key(NAMES, -1L)))
                .as("and its removal")
                .hasSize(2);
        assertThat(found(JournalQuery.all().key(NAMES, 5L)))
                .as("the end is exclusive")
                .isEmpty();
        assertThat(found(JournalQuery.all().range(NAMES, Range.atLeast(11L)))).hasSize(2);
        assertThat(found(JournalQuery.all()
                        .range(PARTS, ((TupleCodec<Catalog.PartKey>) PARTS.keyCodec()).startingWith("sales"))))
                .hasSize(1);
        assertThat(found(JournalQuery.all().kinds(Kind.MEMBERSHIP)))
                .isNotEmpty()
                .allMatch(e -> e.time().isEmpty());
        assertThat(found(JournalQuery.all().limit(3))).hasSize(3);
        assertThat(found(JournalQuery.all().from(2).to(4)))
                .extracting(each -> each.position().index())
                .containsExactly(2L, 3L, 4L);
    }

    @Test
    void timeIsThatOfTheLeader() {
        List<InspectedEntry> batches = found(JournalQuery.all().between(begin, null));
        Instant middle = batches.get(batches.size() / 2).time().orElseThrow();
        assertThat(found(JournalQuery.all().between(null, begin))).isEmpty();
        List<InspectedEntry> early = found(JournalQuery.all().between(null, middle));
        List<InspectedEntry> late = found(JournalQuery.all().between(middle, null));
        assertThat(early)
                .isNotEmpty()
                .allMatch(each -> each.time().orElseThrow().isBefore(middle));
        assertThat(early.size() + late.size()).isEqualTo(batches.size());
        assertThat(late).extracting(each -> each.time().orElseThrow()).contains(middle);
    }

    private static List<InspectedEntry> found(JournalQuery query) {
        List<InspectedEntry> pushed = new ArrayList<>();
        try (JournalInspector inspector = open();
                Stream<InspectedEntry> entries = inspector.entries(query)) {
            List<InspectedEntry> pulled = entries.toList();
            assertThat(inspector.read(query, pushed::add)).isEqualTo(inspector.scan());
            assertThat(pushed.toString()).isEqualTo(pulled.toString());
            return pulled;
        }
    }

    @Test
    void longValuesAreCutAndSayHowLongTheyAre() {
        try (JournalInspector inspector = typed().shortenedTo(20)) {
            Put put;
            try (Stream<InspectedEntry> entries =
                    inspector.entries(JournalQuery.all().key(DATABASES, "sales"))) {
                put = (Put) changes(entries.findFirst().orElseThrow()).then().get(0);
            }
            int bytes = DATABASES.valueCodec().encode(Catalog.SALES).length;
            assertThat(put.value().text()).isEqualTo("{id=7, name=\"sales\",... (" + bytes + " bytes)");
            assertThat(put.value().bytes()).hasSize(bytes);
        }
    }

    @Test
    void tablesAreNamedByTheStateAndWithoutItByTheJournal() {
        Path journal;
        try (JournalInspector inspector = open()) {
            assertThat(inspector.tablesFrom()).contains("state");
            assertThat(inspector.tables()).extracting(InspectedTable::toString).startsWith("names", "databases");
            journal = inspector.place().directory();
            assertThat(inspector.place().epoch()).isEqualTo(1);
            assertThat(inspector.place().live()).isTrue();
        }
        try (JournalInspector inspector = JournalInspector.open(journal)) {
            assertThat(inspector.tablesFrom()).isEqualTo("journal");
            assertThat(inspector.tables())
                    .extracting(InspectedTable::toString)
                    .startsWith("names", "databases", "parts", "opaques");
        }
        assertThat(transactions(JournalInspector.open(journal))).isEqualTo(transactions(open()));
    }

    @Test
    void closingEndsItsStreams() {
        JournalInspector inspector = open();
        Stream<InspectedEntry> entries = inspector.entries();
        Iterator<InspectedEntry> iterator = entries.iterator();
        assertThat(iterator.next()).isNotNull();
        inspector.close();
        inspector.close();
        assertThatThrownBy(() -> {
                    while (iterator.hasNext()) {
                        iterator.next();
                    }
                })
                .isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(inspector::entries).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(inspector::scan).isInstanceOf(StoreClosedException.class);
        entries.close();
    }

    @Test
    void whatIsNoJournalIsRefused(@TempDir Path empty) {
        assertThatThrownBy(() -> JournalInspector.open(empty))
                .isInstanceOf(DirectoryUnusableException.class)
                .hasMessageContaining(empty.toString());
        assertThatThrownBy(() -> JournalInspector.open(empty.resolve("missing")))
                .isInstanceOf(DirectoryUnusableException.class);
    }

    @Test
    void oneEntryIsFoundByItsIndex() {
        try (JournalInspector inspector = typed()) {
            InspectedEntry last =
                    found(JournalQuery.all()).get(found(JournalQuery.all()).size() - 1);
            assertThat(inspector.entry(last.position().index()).orElseThrow().position())
                    .isEqualTo(last.position());
            assertThat(inspector.entry(last.position().index() + 1)).isEmpty();
        }
    }

    @Test
    void formerEpochsAreListedAndTheLiveOneIsLast(@TempDir Path copy) throws IOException {
        Path store = copy.resolve("stores/main");
        copyTree(directory.resolve("stores/main"), store);
        copyTree(directory.resolve("stores/main/epoch-000001"), store.resolve("epoch-000002"));
        assertThat(JournalInspector.places(copy))
                .as("CURRENT says 1")
                .extracting(JournalPlace::epoch, JournalPlace::live, JournalPlace::store)
                .containsExactly(tuple(2L, false, "main"), tuple(1L, true, "main"));
        assertThat(JournalInspector.open(JournalInspector.places(copy).get(0))
                        .scan()
                        .last())
                .isEqualTo(open().scan().last());
        Files.writeString(store.resolve("CURRENT"), "damaged");
        assertThat(JournalInspector.places(copy))
                .extracting(JournalPlace::epoch, JournalPlace::live)
                .containsExactly(tuple(1L, false), tuple(2L, true));
        Files.delete(store.resolve("CURRENT"));
        try (JournalInspector inspector = JournalInspector.open(copy)) {
            assertThat(inspector.place().epoch()).isEqualTo(2);
        }
        try (JournalInspector inspector = JournalInspector.open(store.resolve("epoch-000001"))) {
            assertThat(inspector.place().epoch()).isEqualTo(1);
            assertThat(inspector.tablesFrom()).contains("epoch-000001");
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> found = Files.walk(from)) {
            for (Path path : found.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
