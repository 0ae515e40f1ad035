package io.metastore.cli;

import com.google.gson.JsonObject;
import io.metastore.recovery.branch.Branch;
import io.metastore.recovery.branch.BranchFacts;

/** A branch, as JSON: the same wherever one is listed. */
final class BranchJson {

    private BranchJson() {}

    static JsonObject of(Branch branch) {
        JsonObject json = new JsonObject();
        fill(json, branch);
        return json;
    }

    static void fill(JsonObject json, Branch branch) {
        BranchFacts facts = branch.facts();
        json.addProperty("kind", facts.kind().name());
        json.addProperty("cluster", facts.cluster().toString());
        json.addProperty("epoch", facts.epoch());
        json.addProperty("member", facts.member());
        json.addProperty("recovery", facts.recovery().toString());
        json.addProperty("nextEpoch", facts.nextEpoch());
        json.addProperty("tipTerm", facts.tip().term());
        json.addProperty("tip", facts.tip().index());
        json.addProperty("firstTerm", facts.first().term());
        json.addProperty("first", facts.first().index());
        json.addProperty("lastTerm", facts.last().term());
        json.addProperty("last", facts.last().index());
        json.addProperty("entries", facts.entries());
        json.addProperty("transactions", facts.transactions());
        json.addProperty("changes", facts.changes());
        json.addProperty("exact", facts.exact());
        facts.damage().ifPresent(damage -> json.addProperty("damage", damage));
        json.addProperty("place", branch.place());
    }
}
