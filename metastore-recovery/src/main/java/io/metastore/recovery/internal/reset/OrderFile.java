package io.metastore.recovery.internal.reset;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.metastore.api.CorruptStateException;
import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** The bytes of the file {@code RECOVERY}: an order, checksummed. What people say may hold any character, so the order is JSON in Base64. */
final class OrderFile {
    private static final String KIND = "metastore-recovery";
    private static final int VERSION = 1;

    private OrderFile() {}

    static byte[] encode(ResetOrder order) {
        JsonObject json = new JsonObject();
        json.addProperty("recovery", order.recovery().toString());
        json.addProperty("cluster", order.cluster().toString());
        json.addProperty("epoch", order.epoch());
        json.addProperty("tipTerm", order.tip().term());
        json.addProperty("tipIndex", order.tip().index());
        json.addProperty("lastTerm", order.last().term());
        json.addProperty("lastIndex", order.last().index());
        json.addProperty("termMin", order.termMin());
        json.addProperty("nextMin", order.nextMin());
        json.addProperty("by", order.by());
        json.addProperty("why", order.why());
        json.addProperty("verdict", order.verdict());
        json.addProperty("plan", order.plan());
        Gson gson = new Gson();
        json.add("sealed", gson.toJsonTree(order.sealed()));
        json.add("missing", gson.toJsonTree(order.missing()));
        String text = Base64.getEncoder().encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
        return new FactText(KIND, VERSION)
                .with("recovery", order.recovery())
                .with("order", text)
                .bytes();
    }

    /** @throws CorruptStateException the file is damaged */
    static ResetOrder decode(Path file, byte[] bytes) {
        return Facts.read(file, bytes, KIND, VERSION).build(facts -> {
            facts.text("recovery");
            return order(file, facts.text("order"));
        });
    }

    private static ResetOrder order(Path file, String text) {
        try {
            String decoded = new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
            JsonObject json = JsonParser.parseString(decoded).getAsJsonObject();
            return new ResetOrder(
                    UUID.fromString(json.get("recovery").getAsString()),
                    UUID.fromString(json.get("cluster").getAsString()),
                    json.get("epoch").getAsLong(),
                    new LogPosition(
                            json.get("tipTerm").getAsLong(),
                            json.get("tipIndex").getAsLong()),
                    new LogPosition(
                            json.get("lastTerm").getAsLong(),
                            json.get("lastIndex").getAsLong()),
                    json.get("termMin").getAsLong(),
                    json.get("nextMin").getAsLong(),
                    json.get("by").getAsString(),
                    json.get("why").getAsString(),
                    json.get("verdict").getAsString(),
                    json.get("plan").getAsString(),
                    names(json, "sealed"),
                    names(json, "missing"));
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new CorruptStateException("an order that was written down cannot be read: file=" + file + " cause="
                    + e + "; nothing was changed; abort the recovery, or survey and plan again", e);
        }
    }

    private static List<String> names(JsonObject json, String key) {
        List<String> names = new ArrayList<>();
        json.getAsJsonArray(key).forEach(name -> names.add(name.getAsString()));
        return names;
    }
}
