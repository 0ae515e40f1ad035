package io.metastore.cli;

import static io.metastore.cli.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.Table;
import io.metastore.api.TableDef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command on the directory of a member that was written by a store. */
class MainTest {

    record Database(long id, String name, List<String> tags) {}

    private static final TableDef<String, Database> DATABASES =
            TableDef.of("databases", Codecs.utf8(), Codecs.record(Database.class));
    private static final TableDef<Long, String> NAMES = TableDef.of("names", Codecs.int64(), Codecs.utf8());

    @TempDir
    static Path temporary;

    private static Path member = Path.of("");
    private static Revision revision = Revision.NONE;

    @BeforeAll
    static void write() {
        member = temporary.resolve("member");
        try (MetaStore store = MetaStore.open(member)) {
            Table<Long, String> names = store.table(NAMES);
            store.table(DATABASES).put("sales", new Database(7, "sales", List.of("hot")));
            names.put(-5L, "minus five");
            revision = names.put(6L, "six");
            store.checkpoints().create();
            names.remove(-5L);
        }
    }

    private static Map<String, String> photo(Path directory) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.toList()) {
                files.put(
                        path.toString(),
                        Files.getLastModifiedTime(path) + " "
                                + (Files.isDirectory(path) ? "" : Arrays.hashCode(Files.readAllBytes(path))));
            }
        }
        return files;
    }

    @Test
    void entriesAreReadable() throws IOException {
        Map<String, String> before = photo(member);
        Ran ran = run("journal", member);
        assertThat(ran.code()).isEqualTo(ExitCodes.OK);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.lines())
                .anyMatch(line -> line.contains("membership voters=[single incarnation="))
                .anyMatch(
                        line -> line.endsWith("put databases[\"sales\"] = {id=7, name=\"sales\", tags=[\"hot\"]} (v1)"))
                .anyMatch(line -> line.endsWith("remove names[-5]"));
        assertThat(ran.lines().get(ran.lines().size() - 1))
                .startsWith("journal ")
                .contains("entries 0 to (");
        assertThat(photo(member)).isEqualTo(before);
    }

    @Test
    void jsonHasOneObjectALineAndTheJournalLast() {
        Ran ran = run("journal", member, "--json", "--table", "databases", "--key", "sales");
        assertThat(ran.code()).isEqualTo(ExitCodes.OK);
        assertThat(ran.json()).hasSize(2);
        JsonArray transactions = ran.json().get(0).getAsJsonArray("transactions");
        JsonObject put = transactions
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("then")
                .get(0)
                .getAsJsonObject();
        assertThat(put.get("kind").getAsString()).isEqualTo("put");
        assertThat(put.get("table").getAsString()).isEqualTo("databases");
        assertThat(put.getAsJsonObject("key").get("value").getAsString()).isEqualTo("sales");
        assertThat(put.getAsJsonObject("value").get("value"))
                .hasToString("{\"id\":7,\"name\":\"sales\",\"tags\":[\"hot\"]}");
        assertThat(ran.json().get(1).get("type").getAsString()).isEqualTo("journal");
        assertThat(ran.json().get(1).has("damage")).isFalse();
    }

    @Test
    void entriesAreFoundByKeyRangeLimitTimeAndRevision() {
        assertThat(run("journal", member, "--table", "names", "--key", "-5").lines())
                .as("put, removed")
                .hasSize(5);
        assertThat(run("journal", member, "--table", "names", "--key", "0x8000000000000006")
                        .lines())
                .hasSize(3);
        assertThat(run("journal", member, "--table", "databases", "--key-prefix", "sa")
                        .lines())
                .hasSize(3);
        assertThat(run("journal", member, "--from", 1, "--to", 2, "--json").json())
                .hasSize(3);
        assertThat(run("journal", member, "--limit", 2, "--json").json()).hasSize(3);
        assertThat(run("journal", member, "--until", "2001-01-01T00:00:00Z", "--json")
                        .json())
                .hasSize(1);
        assertThat(run("journal", member, "--width", "3").out()).contains("... (");
        assertThat(run("journal", member, "--epoch", "1").code()).isEqualTo(ExitCodes.OK);
        Ran found = run("journal", member, "--revision", revision.number());
        assertThat(found.code()).isEqualTo(ExitCodes.OK);
        assertThat(found.out()).contains(revision.position().toString()).contains("put names[6] = \"six\"");
        Ran never = run("journal", member, "--json", "--revision", "99999", "--scratch", temporary);
        assertThat(never.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(never.json().get(0).get("answer").getAsString()).isEqualTo("NOT_REACHED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "journal",
                "journal D --from x",
                "journal D --key a",
                "journal D --table names --key text",
                "journal D --table names --key-prefix 5",
                "journal D --table names --key 1 --key-prefix 0x01",
                "journal D --width 0",
                "image",
                "image export D",
                "frobnicate"
            })
    void wrongUsageIsTwo(String line) {
        Ran ran = run((Object[]) line.replace("D", member.toString()).split(" "));
        assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(ran.err()).containsAnyOf("Usage:", "Did you mean");
    }

    @Test
    void whatIsNotThereIsRefused() {
        Ran ran = run("journal", temporary.resolve("missing"));
        assertThat(ran.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(ran.err()).startsWith("metastore: ").doesNotContain("\tat ");
        assertThat(run("journal", member, "--epoch", 9).code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run("image", "verify", temporary.resolve("missing")).code()).isEqualTo(ExitCodes.REFUSED);
    }

    @Test
    void damageIsOne() throws IOException {
        Path journal = Files.createDirectory(temporary.resolve("damaged"));
        Path segment = onlySegment();
        Path copy = Files.copy(segment, journal.resolve(segment.getFileName().toString()));
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 200);
        }
        Ran ran = run("journal", journal);
        assertThat(ran.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(ran.out()).contains("damage: ").contains("offset=");
        JsonObject last = run("journal", journal, "--json").json().stream()
                .reduce((first, second) -> second)
                .orElseThrow();
        assertThat(last.getAsJsonObject("damage").get("file").getAsString()).isEqualTo(copy.toString());
    }

    private static Path onlySegment() throws IOException {
        try (Stream<Path> found = Files.walk(member)) {
            return found.filter(path -> path.getFileName().toString().startsWith("log_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void imagesAreVerifiedExportedAndImported() throws IOException {
        Ran verified = run("image", "verify", member);
        assertThat(verified.code()).as(verified.err()).isEqualTo(ExitCodes.OK);
        assertThat(verified.out()).startsWith("sound: ").contains("records=3");

        Path file = temporary.resolve("exported.msimage");
        Ran exported = run("image", "export", member, file, "--json");
        assertThat(exported.code()).as(exported.err()).isEqualTo(ExitCodes.OK);
        assertThat(exported.json().get(0).get("bytes").getAsLong()).isEqualTo(Files.size(file));
        assertThat(run("image", "export", member, file).code())
                .as("never overwritten")
                .isEqualTo(ExitCodes.REFUSED);
        assertThat(run("image", "verify", file, "--json")
                        .json()
                        .get(0)
                        .get("type")
                        .getAsString())
                .isEqualTo("sound");

        Path imported = temporary.resolve("imported");
        assertThat(run("image", "import", file, imported).code())
                .as("not confirmed")
                .isEqualTo(ExitCodes.REFUSED);
        assertThat(imported).doesNotExist();
        Ran done = run("image", "import", file, imported, "--yes");
        assertThat(done.code()).as(done.err()).isEqualTo(ExitCodes.OK);
        assertThat(run("image", "import", file, imported, "--yes").code())
                .as("not into a directory that is somebody's")
                .isEqualTo(ExitCodes.REFUSED);
        try (MetaStore store = MetaStore.open(imported)) {
            assertThat(store.table(NAMES).get(6L)).hasValue("six");
        }

        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Path damaged = Files.write(temporary.resolve("damaged.msimage"), bytes);
        Ran found = run("image", "verify", damaged);
        assertThat(found.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(found.out()).startsWith("damaged: ");
        assertThat(run("image", "import", damaged, temporary.resolve("never"), "--yes")
                        .code())
                .isEqualTo(ExitCodes.DAMAGE);
    }

    @Test
    void helpAndVersionAreThere() {
        assertThat(run("--version").out()).startsWith("metastore ");
        assertThat(run("--help").out())
                .contains(
                        "status",
                        "survey",
                        "diagnose",
                        "plan",
                        "rehearse",
                        "apply",
                        "intent",
                        "resume",
                        "abort",
                        "undo")
                .contains("lineage", "journal", "image", "1   damage");
        assertThat(run("help", "journal").out()).contains("--revision");
        assertThat(run("image", "verify", "--help").code()).isEqualTo(ExitCodes.OK);
    }
}
