package io.metastore.cli;

import static io.metastore.cli.Ran.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Survey, plan, apply and back, of the directory of a member that was written by a store. */
class RecoveryCommandsTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    static Path before;

    @TempDir
    Path temporary;

    private Path member = Path.of("");

    @BeforeAll
    static void write() {
        try (MetaStore store = MetaStore.open(before.resolve("member"))) {
            store.table(NOTES).put("a", "1");
        }
        MetaStore.open(before.resolve("other")).close();
    }

    @BeforeEach
    void putThere() throws IOException {
        member = temporary.resolve("member");
        Trees.copy(before.resolve("member"), member);
    }

    @Test
    void surveyIsShownSavedAndMerged() {
        Path saved = temporary.resolve("survey.json");

        Ran ran = run("survey", "here=" + member, "--save", saved);

        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCodes.OK);
        assertThat(ran.out()).contains("COPY", "here", "single", "verdict: PROVEN_NONE");
        Ran merged = run("survey", "--survey", saved);
        assertThat(merged.code()).isEqualTo(ExitCodes.OK);
        assertThat(merged.out()).isEqualTo(ran.out());
        assertThat(run("survey").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("survey", temporary.resolve("nowhere")).code()).isEqualTo(ExitCodes.DAMAGE);
    }

    @Test
    void planIsConsentedToByItsDigest() {
        Ran plan = run("plan", member, "--by", "ann", "--why", "a test");
        assertThat(plan.code()).as(plan.err()).isEqualTo(ExitCodes.OK);
        assertThat(plan.out()).contains("asked by ann: a test", "PROVEN_NONE", "steps:");
        Matcher digest = Pattern.compile("digest: ([0-9a-f]{32})").matcher(plan.out());
        assertThat(digest.find()).isTrue();

        Ran unasked = run("apply", member, "--by", "ann", "--why", "a test");
        assertThat(unasked.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(unasked.err()).contains("give --yes " + digest.group(1));
        Ran other = run("apply", member, "--by", "bob", "--why", "a test", "--yes", digest.group(1));
        assertThat(other.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(other.err()).contains("consent is to another plan");
        Ran applied = run("apply", member, "--by", "ann", "--why", "a test", "--yes", digest.group(1));
        assertThat(applied.code()).as(applied.err()).isEqualTo(ExitCodes.OK);
        assertThat(applied.out()).contains("epoch 2 begins with single@");
        assertThat(run("resume", member).code()).as("not confirmed").isEqualTo(ExitCodes.REFUSED);
        assertThat(run("resume", member, "--yes").code()).isEqualTo(ExitCodes.OK);
        assertThat(run("abort", member, "--yes").code()).isEqualTo(ExitCodes.REFUSED);

        Ran back = run("undo", member, "--yes");

        assertThat(back.code()).as(back.err()).isEqualTo(ExitCodes.OK);
        assertThat(run("undo", member, "--yes").code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(member.resolve("stores/main/epoch-000002")).doesNotExist();
        try (MetaStore store = MetaStore.open(member)) {
            assertThat(store.table(NOTES).get("a")).contains("1");
            assertThat(store.cluster().lineage()).isEmpty();
        }
    }

    @Test
    void memberWithoutAPortGoesOnInTheNextEpoch() {
        Matcher digest = Pattern.compile("digest: ([0-9a-f]{32})")
                .matcher(run("plan", member).out());
        assertThat(digest.find()).isTrue();
        assertThat(run("apply", member, "--yes", digest.group(1)).code()).isEqualTo(ExitCodes.OK);

        try (MetaStore store = MetaStore.open(member)) {
            assertThat(store.table(NOTES).get("a")).contains("1");
            store.table(NOTES).put("b", "2");
            assertThat(store.revision().epoch()).isIn(1L, 2L); // The record of the beginning may come a moment later.
        }
        assertThat(run("undo", member, "--yes").err()).contains("it was written to");
        assertThat(Files.exists(member.resolve("stores/main/epoch-000001"))).isTrue();
    }

    private static String digest(Object... planned) {
        return run(planned).object().get("digest").getAsString();
    }

    private static String kind(Ran ran) {
        return ran.object().getAsJsonObject("verdict").get("kind").getAsString();
    }

    @Test
    void surveyDiagnosisAndPlanAreObjectsForPrograms() {
        JsonObject survey = run("survey", "here=" + member, "--json", "--full").object();
        assertThat(survey.get("type").getAsString()).isEqualTo("survey");
        JsonObject copy = survey.getAsJsonArray("copies").get(0).getAsJsonObject();
        assertThat(copy.getAsJsonObject("origin").get("label").getAsString()).isEqualTo("here");
        assertThat(copy.getAsJsonObject("journal").get("entries").getAsLong()).isPositive();

        Ran diagnosis = run("diagnose", "here=" + member, "--json");
        assertThat(diagnosis.code()).isEqualTo(ExitCodes.OK);
        assertThat(kind(diagnosis)).isEqualTo("PROVEN_NONE");
        JsonObject candidate =
                diagnosis.object().getAsJsonArray("candidates").get(0).getAsJsonObject();
        assertThat(candidate.get("label").getAsString()).isEqualTo("here");
        assertThat(candidate.get("complete").getAsBoolean()).isTrue();

        Ran plan = run("plan", member, "--json", "--by", "ann", "--why", "a test");
        assertThat(plan.code()).isEqualTo(ExitCodes.OK);
        assertThat(plan.object().get("type").getAsString()).isEqualTo("plan");
        assertThat(plan.object().get("why").getAsString()).isEqualTo("a test");
        assertThat(run("plan", member, "--by", "ann", "--why", "a test").out())
                .contains("digest: " + plan.object().get("digest").getAsString());
        assertThat(plan.object().getAsJsonObject("target").get("directory").getAsString())
                .isEqualTo(member.toString());
    }

    @Test
    void diagnosisSaysWhatAFurtherLossWouldLeave() {
        Ran both = run("diagnose", "own=" + member, "--backup", "old=" + member);
        assertThat(both.code()).as(both.out() + both.err()).isEqualTo(ExitCodes.OK);
        assertThat(both.out()).contains("1. own: single@", "2. old: single@", "committed: certainly up to index");

        Ran without = run("diagnose", "own=" + member, "--backup", "old=" + member, "--lost", "own", "--json");

        assertThat(without.code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(kind(without)).isEqualTo("UNBOUNDED");
        assertThat(without.object().getAsJsonArray("candidates")).hasSize(1);
        assertThat(run("diagnose", member, "--lost", "nobody").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("diagnose", "--backup", member).code()).isEqualTo(ExitCodes.DAMAGE);
    }

    @Test
    void rehearsalTouchesNothing() throws IOException {
        Map<String, Integer> before = Trees.photo(temporary);

        Ran ran = run("rehearse", member, "--json");

        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCodes.OK);
        assertThat(ran.object().get("epoch").getAsLong()).isEqualTo(2);
        assertThat(ran.object().get("revision").getAsLong()).isPositive();
        assertThat(ran.object().get("digest").getAsString()).isEqualTo(digest("plan", member, "--json"));
        assertThat(Trees.photo(temporary)).isEqualTo(before);
        assertThat(run("rehearse", member).out())
                .startsWith("rehearsed: epoch 2")
                .contains("PROVEN_NONE");
    }

    @Test
    void intentIsConsentedToCarriedOutByTheNextOpeningAndCancelled() {
        Ran unasked = run("intent", member);
        assertThat(unasked.code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(unasked.out()).contains("steps:");
        assertThat(run("intent", member, "--yes", "0".repeat(32)).code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(member.resolve("INTENT")).doesNotExist();
        String digest = digest("plan", member, "--json");

        Ran intended = run("intent", member, "--yes", digest);

        assertThat(intended.code()).as(intended.err()).isEqualTo(ExitCodes.OK);
        assertThat(intended.out()).contains("intended: " + member.resolve("INTENT"), "--cancel " + member);
        assertThat(run("status", member).out()).contains("intended   at the next opening, the end of epoch 1");
        assertThat(run("intent", "--cancel", member).err()).contains("not confirmed");
        assertThat(member.resolve("INTENT")).exists();
        assertThat(run("intent", "--cancel", member, "--yes", "--json")
                        .object()
                        .get("type")
                        .getAsString())
                .isEqualTo("cancelled");
        assertThat(run("intent", "--cancel", member, "--yes").err()).contains("no recovery is intended");
        assertThat(run("intent", "--cancel", member, member).code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("intent", member, "--yes", digest, "--json")
                        .object()
                        .get("digest")
                        .getAsString())
                .isEqualTo(digest);
        try (MetaStore store = MetaStore.open(member)) {
            assertThat(store.table(NOTES).get("a")).contains("1");
        }
        assertThat(run("status", member, "--json").object().get("epoch").getAsLong())
                .isEqualTo(2);
    }

    @Test
    void whatWasAppliedIsAnObject() {
        Ran unasked = run("apply", member, "--json");
        assertThat(unasked.code()).isEqualTo(ExitCodes.REFUSED);
        String digest = unasked.object().get("digest").getAsString();

        JsonObject applied = run("apply", member, "--json", "--yes", digest).object();

        assertThat(applied.get("type").getAsString()).isEqualTo("applied");
        assertThat(applied.get("epoch").getAsLong()).isEqualTo(2);
        assertThat(run("resume", member, "--yes", "--json").object().get("type").getAsString())
                .isEqualTo("resumed");
        assertThat(run("undo", member).code()).as("not confirmed").isEqualTo(ExitCodes.REFUSED);
        assertThat(run("undo", member, "--yes", "--json").object().get("type").getAsString())
                .isEqualTo("takenBack");
    }

    /** {@code D} is a member's directory, {@code B} one that is not there, {@code F} no survey, {@code O} of another cluster. */
    @ParameterizedTest
    @CsvSource({
        "survey, 2",
        "survey D --depth, 2",
        "survey D O, 3",
        "survey B, 1",
        "survey --survey B, 3",
        "survey --survey F, 1",
        "diagnose, 2",
        "diagnose B, 1",
        "diagnose D O, 3",
        "plan, 2",
        "plan B, 3",
        "plan D --from nobody, 2",
        "plan D --cut-at 99999, 2",
        "plan D --cut-at 1 --cut-to-proven, 2",
        "plan D B, 3",
        "plan D B --skip B, 0",
        "plan --backup D, 1",
        "plan --survey F, 1",
        "rehearse, 2",
        "rehearse B, 3",
        "apply, 2",
        "apply D, 3",
        "apply D --yes 00, 3",
        "intent, 2",
        "intent D, 3",
        "intent D --yes 00, 3",
        "intent --cancel D, 3",
        "intent --cancel D --yes, 3",
        "intent --cancel B --yes, 3",
        "intent D --yes, 2",
        "apply D --yes, 2",
        "resume, 2",
        "resume D, 3",
        "resume D --yes, 3",
        "abort, 2",
        "abort D, 3",
        "abort D --yes, 3",
        "undo, 2",
        "undo D --yes, 3",
        "undo B --yes, 3",
    })
    void endsWithTheCodeOfWhatHappened(String line, int code) throws IOException {
        Path other = temporary.resolve("other");
        if (line.endsWith("O")) {
            Trees.copy(before.resolve("other"), other);
        }
        Path file = Files.writeString(temporary.resolve("no-survey"), "{}");
        Object[] arguments = Arrays.stream(line.split(" "))
                .map(word -> switch (word) {
                    case "D" -> member.toString();
                    case "B" -> temporary.resolve("nowhere").toString();
                    case "F" -> file.toString();
                    case "O" -> other.toString();
                    default -> word;
                })
                .toArray();

        Ran ran = run(arguments);

        assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(code);
        assertThat(ran.err()).as("no traces").doesNotContain("\tat ");
        if (code == ExitCodes.REFUSED || code == ExitCodes.USAGE) {
            assertThat(ran.err()).isNotBlank();
        }
    }
}
