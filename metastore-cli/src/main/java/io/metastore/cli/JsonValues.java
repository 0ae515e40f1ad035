package io.metastore.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decoded values as JSON: what JSON has as it is, bytes as {@code 0x..}, all else as its text. Not a number and infinity, which JSON does not have, are texts. */
final class JsonValues {

    private JsonValues() {}

    static JsonElement of(@Nullable Object value) {
        if (value == null) {
            return JsonNull.INSTANCE;
        } else if (value instanceof Boolean bool) {
            return new JsonPrimitive(bool);
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? new JsonPrimitive((Number) value) : text(value);
        } else if (value instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (value instanceof byte[] bytes) {
            return new JsonPrimitive("0x" + HexFormat.of().formatHex(bytes));
        } else if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        } else if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(each -> array.add(of(each)));
            return array;
        } else if (value instanceof Map<?, ?> map) {
            return object(map);
        }
        return text(value);
    }

    private static JsonElement text(Object value) {
        return new JsonPrimitive(value.toString());
    }

    /** Names are texts; other keys are written as the text of their JSON. */
    private static JsonElement object(Map<?, ?> map) {
        JsonObject object = new JsonObject();
        map.forEach((key, value) -> {
            JsonElement name = of(key);
            object.add(name.isJsonPrimitive() ? name.getAsString() : name.toString(), of(value));
        });
        return object;
    }
}
