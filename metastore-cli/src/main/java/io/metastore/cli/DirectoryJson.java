package io.metastore.cli;

import com.google.gson.JsonObject;
import io.metastore.api.EpochBeginning;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import io.metastore.recovery.IntendedRecovery;
import io.metastore.recovery.SurveyedCopy;
import io.metastore.recovery.lineage.EpochLineage;
import io.metastore.recovery.lineage.InspectedEpoch;
import io.metastore.recovery.survey.SurveyedImage;
import io.metastore.snapshot.files.Seal;
import java.util.Locale;

/** What is said of one member's directory, as JSON. What is not known is left out. */
final class DirectoryJson {

    private DirectoryJson() {}

    static JsonObject lineage(EpochLineage lineage) {
        JsonObject json = RecoveryJson.object("lineage");
        json.addProperty("directory", lineage.directory().toString());
        json.addProperty("cluster", lineage.cluster().toString());
        json.add("epochs", RecoveryJson.array(lineage.epochs(), DirectoryJson::epoch));
        json.add("undecided", RecoveryJson.texts(lineage.undecided()));
        json.add("flaws", RecoveryJson.texts(lineage.flaws()));
        return json;
    }

    private static JsonObject epoch(InspectedEpoch epoch) {
        JsonObject json = new JsonObject();
        json.addProperty("epoch", epoch.epoch());
        json.addProperty("live", epoch.live());
        json.addProperty("here", epoch.here());
        json.addProperty("takenBack", epoch.takenBack());
        json.addProperty("recorded", epoch.recorded());
        epoch.beginning().ifPresent(beginning -> json.add("beginning", beginning(beginning)));
        json.add("branches", RecoveryJson.array(epoch.branches(), BranchJson::of));
        return json;
    }

    private static JsonObject beginning(EpochBeginning beginning) {
        JsonObject json = new JsonObject();
        json.addProperty("recovery", beginning.recovery().toString());
        json.addProperty("previous", beginning.previous());
        json.add("tip", position(beginning.tip()));
        json.addProperty("member", beginning.member());
        json.addProperty("created", beginning.created().toString());
        json.addProperty("by", beginning.by());
        json.addProperty("why", beginning.why());
        json.addProperty("verdict", beginning.verdict());
        json.add("sealed", RecoveryJson.texts(beginning.sealed()));
        json.add("missing", RecoveryJson.texts(beginning.missing()));
        return json;
    }

    static JsonObject status(DirectoryStatus status) {
        SurveyedCopy copy = status.copy();
        JsonObject json = RecoveryJson.object("status");
        json.addProperty("directory", copy.origin().path().toString());
        copy.identity().clusterId().ifPresent(cluster -> json.addProperty("cluster", cluster.toString()));
        copy.identity().member().ifPresent(member -> json.addProperty("member", member));
        copy.identity().incarnation().ifPresent(life -> json.addProperty("incarnation", life.toString()));
        copy.identity().role().ifPresent(role -> json.addProperty("role", role.text()));
        copy.identity().address().ifPresent(address -> json.addProperty("address", address));
        copy.identity().epoch().ifPresent(epoch -> json.addProperty("epoch", epoch));
        json.add(
                "epochs",
                RecoveryJson.texts(status.epochs().stream().map(String::valueOf).toList()));
        json.addProperty("inUse", status.holder().isPresent());
        status.holder().ifPresent(holder -> json.addProperty("holder", holder));
        status.seal().ifPresent(seal -> json.add("seal", seal(seal)));
        status.intended().ifPresent(intended -> json.add("intended", intended(intended)));
        json.addProperty("term", copy.vote().term());
        json.add("journal", journal(copy));
        copy.state().ifPresent(state -> {
            JsonObject found = at(state.position(), state.revision());
            found.addProperty("fingerprint", state.fingerprint());
            json.add("state", found);
        });
        json.add("images", RecoveryJson.array(copy.images(), DirectoryJson::image));
        json.add("branches", RecoveryJson.array(status.branches(), BranchJson::of));
        json.add("notes", RecoveryJson.texts(status.notes()));
        json.add("damage", RecoveryJson.texts(status.damage()));
        return json;
    }

    private static JsonObject journal(SurveyedCopy copy) {
        JsonObject json = new JsonObject();
        json.addProperty("files", copy.journal().files());
        json.addProperty("bytes", copy.journal().bytes());
        json.addProperty("entries", copy.journal().entries());
        json.addProperty("first", copy.journal().first());
        json.add("last", position(copy.journal().last()));
        json.addProperty("committed", copy.committed());
        return json;
    }

    private static JsonObject image(SurveyedImage image) {
        JsonObject json = image.contents()
                .map(each -> at(each.position(), each.revision()))
                .orElseGet(JsonObject::new);
        json.addProperty("path", image.path().toString());
        image.contents().ifPresent(each -> json.addProperty("bytes", each.bytes()));
        image.flaw().ifPresent(flaw -> json.addProperty("flaw", flaw));
        return json;
    }

    private static JsonObject seal(Seal seal) {
        JsonObject json = new JsonObject();
        json.addProperty("recovery", seal.recovery().toString());
        json.addProperty("epoch", seal.epoch());
        json.addProperty("next", seal.next());
        json.addProperty("state", seal.state().name().toLowerCase(Locale.ROOT));
        json.add("tip", position(seal.tip()));
        json.addProperty("since", seal.since().toString());
        seal.readmission().ifPresent(address -> json.addProperty("readmission", address));
        return json;
    }

    private static JsonObject intended(IntendedRecovery intended) {
        JsonObject json = new JsonObject();
        json.addProperty("recovery", intended.recovery().toString());
        json.addProperty("epoch", intended.epoch());
        json.add("tip", position(intended.tip()));
        json.add(
                "others",
                RecoveryJson.texts(
                        intended.others().stream().map(Object::toString).toList()));
        json.add("members", RecoveryJson.texts(intended.members()));
        json.addProperty("plan", intended.plan());
        json.addProperty("by", intended.by());
        json.addProperty("why", intended.why());
        json.addProperty("verdict", intended.verdict());
        json.addProperty("created", intended.created().toString());
        return json;
    }

    private static JsonObject at(LogPosition position, Revision revision) {
        JsonObject json = new JsonObject();
        json.add("position", position(position));
        json.addProperty("revision", revision.number());
        return json;
    }

    static JsonObject position(LogPosition position) {
        JsonObject json = new JsonObject();
        json.addProperty("term", position.term());
        json.addProperty("index", position.index());
        return json;
    }
}
