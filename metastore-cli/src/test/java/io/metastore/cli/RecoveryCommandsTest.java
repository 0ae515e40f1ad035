package io.metastore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.TableDef;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Survey, plan, apply and back, of the directory of a member that was written by a store. */
class RecoveryCommandsTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    Path temporary;

    private Path member = Path.of("");

    @BeforeEach
    void write() {
        member = temporary.resolve("member");
        try (MetaStore store = MetaStore.open(member)) {
            store.table(NOTES).put("a", "1");
        }
    }

    private record Ran(int code, String out, String err) {}

    private static Ran run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.command(new PrintWriter(out), new PrintWriter(err))
                .execute(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
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
        assertThat(run("resume", member).code()).isEqualTo(ExitCodes.OK);
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
}
