package io.metastore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.metastore.api.Codecs;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.api.TableDef;
import io.metastore.recovery.Consent;
import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Source;
import io.metastore.recovery.Tail;
import io.metastore.recovery.branch.Branch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Branches of a directory that was recovered with less than it had. */
class BranchesCommandTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @TempDir
    Path temporary;

    private record Ran(int code, String out, String err) {}

    private static Ran run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.command(new PrintWriter(out), new PrintWriter(err))
                .execute(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }

    private static JsonObject object(Object... arguments) {
        return JsonParser.parseString(run(arguments).out()).getAsJsonObject();
    }

    private static String kind(JsonObject of) {
        return of.getAsJsonArray("branches")
                .get(0)
                .getAsJsonObject()
                .get("kind")
                .getAsString();
    }

    @Test
    void branchesAreListedShownAndExported() {
        Path member = temporary.resolve("member");
        Revision kept;
        try (MetaStore store = MetaStore.open(member)) {
            kept = store.table(NOTES).put("a", "1");
            store.table(NOTES).put("b", "2");
            store.table(NOTES).remove("a");
        }
        assertThat(run("branches", member).out()).isEqualTo("no branches" + System.lineSeparator());
        RecoveryPlan plan = Recovery.of(Source.directory(member))
                .survey()
                .plan(PlanOptions.DEFAULT.tail(Tail.cutAt(kept.position().index())));
        plan.apply(Consent.to(plan));
        Path file = temporary.resolve("branch.jsonl");

        Ran ran = run("branches", member, "--show", "--export", file);

        assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCodes.OK);
        assertThat(ran.out())
                .contains(
                        "1: CUT_TAIL of epoch 1", "2 transactions, 2 changes", "put notes[\"b\"] = \"2\"", "exported");
        Path own = member.resolve("stores/main/branches");
        assertThat(own.toFile().mkdir()).isTrue();
        Branch.load(file).export(own.resolve("epoch-000001.jsonl"));
        assertThat(run("status", member).out()).contains("branch     CUT_TAIL of epoch 1", "epoch-000001.jsonl");
        assertThat(kind(object("status", member, "--json"))).isEqualTo("CUT_TAIL");
        Ran lineage = run("lineage", member);
        assertThat(lineage.code()).as(lineage.out()).isEqualTo(ExitCodes.OK);
        assertThat(lineage.out()).contains("epoch 1 left behind: CUT_TAIL of epoch 1 at single@");
        JsonObject first = object("lineage", member, "--json")
                .getAsJsonArray("epochs")
                .get(1)
                .getAsJsonObject();
        assertThat(first.get("epoch").getAsLong()).isEqualTo(1);
        assertThat(kind(first)).isEqualTo("CUT_TAIL");
        Ran loaded = run("branches", file, "--json", "--show");
        assertThat(loaded.code()).as(loaded.err()).isEqualTo(ExitCodes.OK);
        List<JsonObject> lines = loaded.out()
                .lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
        assertThat(lines.get(0).get("transactions").getAsInt()).isEqualTo(2);
        assertThat(lines.get(0).get("tip").getAsLong())
                .isEqualTo(kept.position().index());
        assertThat(lines).hasSize(1 + lines.get(0).get("entries").getAsInt());
        assertThat(lines.get(1).get("type").getAsString()).isEqualTo("entry");
        assertThat(run("branches", file, member, "--export", file).code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("branches", file, member, "--branch", 3, "--export", file)
                        .code())
                .isEqualTo(ExitCodes.OK);
        assertThat(run("branches", file, "--branch", 2).code()).isEqualTo(ExitCodes.REFUSED);
        assertThat(run("branches", temporary.resolve("nowhere")).code()).isEqualTo(ExitCodes.DAMAGE);
        assertThat(run("branches").code()).isEqualTo(ExitCodes.USAGE);
    }
}
