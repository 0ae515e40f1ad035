package io.metastore.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.metastore.recovery.Copy;
import io.metastore.recovery.Diagnosis;
import io.metastore.recovery.Divergence;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.RecoveryResult;
import io.metastore.recovery.RehearsalResult;
import io.metastore.recovery.Survey;
import io.metastore.recovery.Verdict;
import io.metastore.recovery.journal.Membership;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** Surveys, plans and what came of them, as JSON: an object each, which says in {@code type} what it is. */
final class RecoveryJson {

    private RecoveryJson() {}

    static JsonObject object(String type) {
        JsonObject json = new JsonObject();
        json.addProperty("type", type);
        return json;
    }

    static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    static <T> JsonArray array(List<T> values, Function<T, JsonObject> json) {
        JsonArray array = new JsonArray();
        values.forEach(each -> array.add(json.apply(each)));
        return array;
    }

    /** Something was done to directories. */
    static JsonObject directories(String type, List<Path> directories) {
        JsonObject json = object(type);
        json.add("directories", texts(directories.stream().map(Path::toString).toList()));
        return json;
    }

    static JsonObject survey(Survey survey, Diagnosis diagnosis) {
        JsonObject json = object("survey");
        json.add(
                "copies",
                JsonParser.parseString(survey.toJson()).getAsJsonObject().get("copies"));
        json.add("contradictions", texts(survey.contradictions()));
        diagnosis.refusal().ifPresent(refusal -> json.addProperty("refusal", refusal.message()));
        json.add("verdict", verdict(diagnosis.verdict()));
        return json;
    }

    static JsonObject diagnosis(Survey survey, Diagnosis diagnosis) {
        JsonObject json = object("diagnosis");
        json.add("candidates", array(diagnosis.candidates(), copy -> candidate(survey, copy)));
        json.add("memberships", array(diagnosis.current(), RecoveryJson::membership));
        JsonObject committed = new JsonObject();
        committed.addProperty("proven", diagnosis.bracket().proven());
        committed.addProperty("possible", diagnosis.bracket().possible());
        json.add("committed", committed);
        json.add("divergences", array(diagnosis.divergences(), RecoveryJson::divergence));
        json.add("contradictions", texts(survey.contradictions()));
        diagnosis.refusal().ifPresent(refusal -> json.addProperty("refusal", refusal.message()));
        json.add("verdict", verdict(diagnosis.verdict()));
        return json;
    }

    private static JsonObject candidate(Survey survey, Copy copy) {
        JsonObject json = new JsonObject();
        json.addProperty("label", survey.surveyed(copy).origin().label());
        json.addProperty("member", copy.id());
        json.addProperty("epoch", copy.epoch());
        json.addProperty("voter", copy.voter());
        json.add("last", DirectoryJson.position(copy.last()));
        json.addProperty("committed", copy.committed());
        json.addProperty("complete", copy.complete());
        return json;
    }

    private static JsonObject membership(Membership membership) {
        JsonObject json = new JsonObject();
        json.addProperty("index", membership.index());
        json.add("voters", texts(membership.voters().stream().sorted().toList()));
        json.add("oldVoters", texts(membership.oldVoters().stream().sorted().toList()));
        return json;
    }

    private static JsonObject divergence(Divergence divergence) {
        JsonObject json = new JsonObject();
        json.addProperty("one", divergence.one().id());
        json.addProperty("other", divergence.other().id());
        json.addProperty("firstDiffering", divergence.firstDiffering());
        json.addProperty("exact", divergence.exact());
        return json;
    }

    private static JsonObject verdict(Verdict verdict) {
        JsonObject json = new JsonObject();
        json.addProperty("kind", verdict.kind().name());
        if (verdict.kind() != Verdict.Kind.PROVEN_NONE) {
            json.addProperty("firstAtRisk", verdict.firstAtRisk());
        }
        if (verdict.kind() == Verdict.Kind.BOUNDED) {
            json.addProperty("lastAtRisk", verdict.lastAtRisk());
        }
        json.add("evidence", texts(verdict.evidence()));
        return json;
    }

    static JsonObject plan(RecoveryPlan plan) {
        JsonObject json = object("plan");
        json.addProperty("digest", plan.digest());
        json.add("target", target(plan.target()));
        json.add("others", array(plan.others(), RecoveryJson::other));
        json.add("members", array(plan.elsewhere().members(), RecoveryJson::remote));
        json.add("missing", texts(plan.missing()));
        json.add("nobodyAt", texts(plan.elsewhere().nobodyAt()));
        json.add("readmitted", array(plan.readmitted(), RecoveryJson::readmitted));
        json.add("verdict", verdict(plan.verdict()));
        json.add("steps", texts(plan.steps()));
        json.add("risks", texts(plan.risks()));
        json.addProperty("spaceBytes", plan.spaceBytes());
        json.addProperty("by", plan.by());
        json.addProperty("why", plan.why());
        return json;
    }

    private static JsonObject target(RecoveryPlan.Target target) {
        JsonObject json = new JsonObject();
        json.addProperty("directory", target.directory().toString());
        json.addProperty("member", target.member());
        json.addProperty("cluster", target.cluster().toString());
        json.addProperty("epoch", target.epoch());
        json.add("last", DirectoryJson.position(target.last()));
        json.add("tip", DirectoryJson.position(target.tip()));
        json.addProperty("termMin", target.termMin());
        json.addProperty("journal", target.journal().toString());
        target.address().ifPresent(address -> json.addProperty("address", address));
        return json;
    }

    private static JsonObject other(RecoveryPlan.Other other) {
        JsonObject json = new JsonObject();
        json.addProperty("directory", other.directory().toString());
        json.addProperty("member", other.member());
        json.add("last", DirectoryJson.position(other.last()));
        return json;
    }

    private static JsonObject remote(RecoveryPlan.Remote member) {
        JsonObject json = new JsonObject();
        json.addProperty("address", member.address());
        json.addProperty("member", member.member());
        json.add("last", DirectoryJson.position(member.last()));
        return json;
    }

    private static JsonObject readmitted(RecoveryPlan.Readmitted member) {
        JsonObject json = new JsonObject();
        json.addProperty("member", member.member());
        json.addProperty("address", member.address());
        json.addProperty("voter", member.voter());
        return json;
    }

    static JsonObject applied(RecoveryResult result) {
        JsonObject json = object("applied");
        json.addProperty("directory", result.directory().toString());
        json.addProperty("member", result.member());
        json.addProperty("epoch", result.epoch());
        json.add("verdict", verdict(result.verdict()));
        json.add("done", texts(result.done()));
        json.add("readmitted", array(result.readmitted(), RecoveryJson::readmitted));
        return json;
    }

    static JsonObject rehearsed(RecoveryPlan plan, RehearsalResult result) {
        JsonObject json = object("rehearsed");
        json.addProperty("epoch", result.epoch());
        json.addProperty("revision", result.revision().number());
        json.add("leftOut", texts(result.leftOut()));
        json.addProperty("tookMillis", result.took().toMillis());
        json.add("verdict", verdict(plan.verdict()));
        json.addProperty("digest", plan.digest());
        return json;
    }

    static JsonObject intended(Path file, RecoveryPlan plan) {
        JsonObject json = object("intended");
        json.addProperty("file", file.toString());
        json.addProperty("digest", plan.digest());
        return json;
    }
}
