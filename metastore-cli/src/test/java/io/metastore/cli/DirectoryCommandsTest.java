package io.metastore.cli;

import static io.metastore.cli.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of one directory: its status, and how the epochs of its cluster began. */
class DirectoryCommandsTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    Path temporary;

    private Path member = Path.of("");

    @BeforeEach
    void write() {
        member = temporary.resolve("member");
        try (MetaStore store = MetaStore.open(member)) {
            store.table(NOTES).put("a", "1");
            store.checkpoints().create();
        }
    }

    private static void recover(Path directory, Object... more) {
        Object[] plan = Stream.concat(Stream.of("plan", directory, "--json"), Stream.of(more))
                .toArray();
        Object[] apply = Stream.concat(
                        Stream.of("apply", directory),
                        Stream.concat(
                                Stream.of(more),
                                Stream.of(
                                        "--yes",
                                        run(plan).object().get("digest").getAsString())))
                .toArray();
        Ran ran = run(apply);
        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCodes.OK);
    }

    @Test
    void statusSaysWhatTheDirectoryHoldsAndChangesNothing() throws IOException {
        Map<String, Integer> before = Trees.photo(member);

        Ran ran = run("status", member);

        assertThat(ran.code()).as(ran.out()).isEqualTo(ExitCodes.OK);
        assertThat(ran.out())
                .contains("member     single@", ", voter", "epoch      1 of [1]", "in use     no", "image      image.")
                .doesNotContain("seal ", "intended ", "damage ");
        JsonObject json = run("status", member, "--json").object();
        assertThat(json.get("inUse").getAsBoolean()).isFalse();
        assertThat(json.getAsJsonObject("journal").get("entries").getAsLong()).isPositive();
        assertThat(json.getAsJsonObject("state").get("revision").getAsLong()).isPositive();
        assertThat(json.getAsJsonArray("images")).hasSize(1);
        assertThat(json.getAsJsonArray("damage")).isEmpty();
        assertThat(Trees.photo(member)).isEqualTo(before);
    }

    @Test
    void statusOfOneInUseNamesTheHolderAndDoesNotDisturbIt() {
        try (MetaStore store = MetaStore.open(member)) {
            Ran ran = run("status", member);
            assertThat(ran.out())
                    .contains("in use     by pid=" + ProcessHandle.current().pid());
            assertThat(run("status", member, "--json").object().get("inUse").getAsBoolean())
                    .isTrue();
            assertThat(run("resume", member, "--yes").code()).as("still held").isEqualTo(ExitCodes.REFUSED);
            store.table(NOTES).put("b", "2");
        }
        assertThat(run("status", member).out()).contains("in use     no");
    }

    @Test
    void statusOfADamagedOneIsOneAndOfNothingIsRefused() throws IOException {
        assertThat(run("status").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("status", temporary.resolve("nowhere")).code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run("status", Files.createDirectory(temporary.resolve("empty")))
                        .code())
                .isEqualTo(ExitCodes.REFUSED);
        Files.writeString(member.resolve("INTENT"), "nothing of ours");
        Ran intent = run("status", member);
        assertThat(intent.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(intent.out()).contains("damage     the intent of a recovery is damaged");
        Files.delete(member.resolve("INTENT"));
        try (Stream<Path> found = Files.walk(member)) {
            Path segment = found.filter(path -> path.getFileName().toString().startsWith("log_"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(segment);
            bytes[200] ^= 1;
            Files.write(segment, bytes);
        }
        Ran journal = run("status", member, "--json");
        assertThat(journal.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(journal.object().getAsJsonArray("damage").toString()).contains("JOURNAL");
    }

    @Test
    void lineageTellsHowEpochsBegan() throws IOException {
        Ran fresh = run("lineage", member);
        assertThat(fresh.code()).as(fresh.out()).isEqualTo(ExitCodes.OK);
        assertThat(fresh.out()).contains("EPOCH  STATE", "1      live");
        recover(member, "--by", "ann", "--why", "two disks burnt");
        Ran sealed = run("status", member);
        assertThat(sealed.out()).contains("seal       epoch 1 is over here, 2 takes its place");

        Ran ran = run("lineage", member);

        assertThat(ran.code()).as(ran.out()).isEqualTo(ExitCodes.OK);
        assertThat(ran.out()).contains("2      live", "1      ended", "epoch 2: two disks burnt", "ann", "missing []");
        assertThat(lineage(0).get("recorded").getAsBoolean()).isFalse();
        try (MetaStore store = MetaStore.open(member)) {
            int writes = 0;
            while (store.cluster().lineage().isEmpty()) { // The leader of the epoch records it beside the first writes.
                store.table(NOTES).put("b", "2");
                assertThat(++writes).isLessThan(10_000);
            }
        }
        JsonObject second = lineage(0);
        assertThat(second.get("live").getAsBoolean()).isTrue();
        assertThat(second.get("recorded").getAsBoolean()).isTrue();
        assertThat(second.getAsJsonObject("beginning").get("why").getAsString()).isEqualTo("two disks burnt");

        Path genesis = member.resolve("stores/main/epoch-000002/GENESIS");
        byte[] bytes = Files.readAllBytes(genesis);
        bytes[30] ^= 1;
        Files.write(genesis, bytes);
        Ran damaged = run("lineage", member);
        assertThat(damaged.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(damaged.out()).contains("flaw: ", "two disks burnt");
        assertThat(run("lineage", temporary.resolve("nowhere")).code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run("lineage").code()).isEqualTo(ExitCodes.USAGE);
    }

    private JsonObject lineage(int place) {
        JsonArray epochs = run("lineage", member, "--json").object().getAsJsonArray("epochs");
        return epochs.get(place).getAsJsonObject();
    }

    @Test
    void recoveryThatWasTakenBackIsShownAsThat() {
        recover(member);
        assertThat(run("undo", member, "--yes").code()).isEqualTo(ExitCodes.OK);

        assertThat(run("lineage", member).out()).contains("2      taken back", "1      live");
        assertThat(run("status", member).out()).contains("seal       lifted");
    }

    /** A member with a token and an address, of a cluster that lost the others. */
    @Test
    void lastOfThreeIsRehearsedAndRecovered() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            cluster.members().forEach(TestMember::kill);
            Path survivor = cluster.member("fe3").directory();

            Ran plan = run("plan", survivor, "--json");
            assertThat(plan.code()).isEqualTo(ExitCodes.DAMAGE);
            assertThat(plan.object().getAsJsonArray("missing")).hasSize(2);
            Ran rehearsed = run("rehearse", survivor);
            assertThat(rehearsed.code()).as(rehearsed.err()).isEqualTo(ExitCodes.OK);
            assertThat(rehearsed.out()).contains("UNBOUNDED");
            recover(survivor);
            JsonObject epoch = run("lineage", survivor, "--json")
                    .object()
                    .getAsJsonArray("epochs")
                    .get(0)
                    .getAsJsonObject();
            assertThat(epoch.getAsJsonObject("beginning").getAsJsonArray("missing"))
                    .hasSize(2);
        }
    }
}
