package io.metastore.cli;

import static io.metastore.cli.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Secret;
import io.metastore.api.TableDef;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that run are asked over the network, beside directories. */
class MemberCommandsTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    Path temporary;

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void memberIsSurveyedBesideADirectory() throws IOException {
        Path token = Files.writeString(temporary.resolve("token"), "token of tests\n");
        String address = freeAddress();
        Path directory = temporary.resolve("member");
        try (MetaStore store = MetaStore.builder(directory)
                .member("fe1", address)
                .bootstrap("fe1=" + address)
                .clusterToken(Secret.fromFile(token))
                .open()) {
            store.table(NOTES).put("a", "1");
            Path saved = temporary.resolve("survey.json");

            Ran ran = run(
                    "survey",
                    "--member",
                    "there=" + address,
                    "copy=" + directory,
                    "--token-file",
                    token,
                    "--deadline",
                    20,
                    "--save",
                    saved);

            assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCodes.OK);
            assertThat(ran.out()).contains("there", "copy", "fe1", "QUORUM_ALIVE");
            assertThat(run("survey", "--survey", saved).out()).isEqualTo(ran.out());
            JsonObject copy = run("survey", "--member", address, "--token-file", token, "--json")
                    .object()
                    .getAsJsonArray("copies")
                    .get(0)
                    .getAsJsonObject();
            JsonObject origin = copy.getAsJsonObject("origin");
            assertThat(origin.get("kind").getAsString()).isEqualTo("MEMBER");
            assertThat(origin.get("address").getAsString()).isEqualTo(address);
            assertThat(copy.getAsJsonObject("journal").get("entries").getAsLong())
                    .isPositive();
            Ran plan = run("plan", "--member", address, "--token-file", token);
            assertThat(plan.code()).isEqualTo(ExitCodes.REFUSED);
            assertThat(plan.err()).contains("a majority of the voters is alive");
            Ran stranger = run("survey", "--member", address);
            assertThat(stranger.code()).isEqualTo(ExitCodes.DAMAGE);
            assertThat(stranger.out()).contains("SILENT", "wrong or missing cluster token");
        }
    }

    @Test
    void whatIsNoAddressOrNoDeadlineIsWrongUsage() throws IOException {
        assertThat(run("survey", "--member", "fe1").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("survey", "--member", "fe1:9010", "--deadline", 0).code())
                .isEqualTo(ExitCodes.USAGE);
        assertThat(run("survey", "--member", "fe1:9010", "--tls", "a,b").code()).isEqualTo(ExitCodes.USAGE);
        String nobody = freeAddress();
        Ran silent = run("survey", "--member", nobody, "--deadline", 1);
        assertThat(silent.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(silent.out()).contains("did not answer", nobody);
        Ran plan = run("plan", "--member", nobody, "--deadline", 1);
        assertThat(plan.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(plan.err()).contains("a source cannot be looked at");
    }

    /** Who comes back, and how fast is fetched, is part of the plan, and so of what is consented to. */
    @Test
    void whoComesBackIsPartOfThePlan() {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            cluster.members().forEach(TestMember::stop);
            List<Object> copies = cluster.members().stream()
                    .limit(2)
                    .map(member -> (Object) (member.name() + "=" + member.directory()))
                    .toList();
            String alone = text(planned(copies), "digest");
            checkAbsent(cluster.member("fe3"), copies, alone);

            JsonObject plan = planned(copies, "--readmit-all", "--fetch-rate", 100_000);

            JsonObject back = plan.getAsJsonArray("readmitted").get(0).getAsJsonObject();
            assertThat(back.get("voter").getAsBoolean()).isTrue();
            assertThat(text(back, "address")).isNotEmpty();
            String name = text(back, "member").replaceFirst("@.*", "");
            assertThat(plan.getAsJsonArray("steps").toString()).contains("re-admit " + name);
            assertThat(text(plan, "digest"))
                    .isNotEqualTo(alone)
                    .isEqualTo(text(planned(copies, "--readmit", name), "digest"));
            assertThat(ran("plan", copies, "--readmit", "fe9").code()).isEqualTo(ExitCodes.USAGE);
            assertThat(ran("plan", copies, "--fetch-rate", 1).code()).isEqualTo(ExitCodes.USAGE);
            assertThat(ran("apply", copies, "--readmit", name, "--yes", alone).code())
                    .isEqualTo(ExitCodes.REFUSED);
            Ran applied = ran("apply", copies, "--readmit", name, "--yes", text(plan, "digest"));
            assertThat(applied.code()).as(applied.err()).isEqualTo(ExitCodes.OK);
            assertThat(applied.out()).contains("start " + name + " as before: the plan gives their places back");
        }
    }

    /** Where the third one listened nobody may be, unless somebody says who that is. */
    private static void checkAbsent(TestMember third, List<Object> copies, String digest) {
        assertThat(planned(copies).getAsJsonArray("nobodyAt").toString()).contains(third.address());
        JsonObject said = planned(copies, "--stranger", third.address());
        assertThat(said.getAsJsonArray("nobodyAt")).isEmpty();
        assertThat(text(said, "digest")).isNotEqualTo(digest);
        assertThat(ran("plan", copies, "--stranger", "nowhere").code()).isEqualTo(ExitCodes.USAGE);
    }

    private static Ran ran(String command, List<Object> copies, Object... options) {
        return run(Stream.of(Stream.of((Object) command), copies.stream(), Stream.of(options))
                .flatMap(each -> each)
                .toArray());
    }

    private static JsonObject planned(List<Object> copies, Object... options) {
        List<Object> all = new ArrayList<>(List.of(options));
        all.add("--json");
        Ran ran = ran("plan", copies, all.toArray());
        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCodes.OK);
        return ran.object();
    }

    private static String text(JsonObject json, String key) {
        return json.get(key).getAsString();
    }
}
