package io.metastore.recovery.internal.json;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with named fields. Written field by field; read field by field, each once, and none may be left. Refusals are {@link IllegalArgumentException}s
 * that say where in the text.
 */
public final class JsonRecord {
    private final String place;
    private final JsonObject object;
    private final Set<String> left;

    private JsonRecord(String place, JsonObject object) {
        this.place = place;
        this.object = object;
        this.left = new LinkedHashSet<>(object.keySet());
    }

    /** One without fields yet. */
    public JsonRecord() {
        this("", new JsonObject());
    }

    /** The record that a text is, and nothing else. */
    public static JsonRecord parse(String text) {
        try {
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (!element.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
                throw new IllegalArgumentException("expected: one JSON object");
            }
            return new JsonRecord("", element.getAsJsonObject());
        } catch (JsonParseException | IOException e) {
            throw new IllegalArgumentException("expected: JSON found: " + e.getMessage(), e);
        }
    }

    /** For people. */
    public String pretty() {
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(object) + "\n";
    }

    /** Without spaces, in the order in which fields were put: equal records have equal texts. */
    public String compact() {
        return new GsonBuilder().disableHtmlEscaping().create().toJson(object);
    }

    /** Adds a text. */
    public JsonRecord with(String key, String value) {
        object.addProperty(key, value);
        return this;
    }

    /** Adds a number. */
    public JsonRecord with(String key, long value) {
        object.addProperty(key, value);
        return this;
    }

    /** Adds a truth. */
    public JsonRecord with(String key, boolean value) {
        object.addProperty(key, value);
        return this;
    }

    /** Adds a record. */
    public JsonRecord with(String key, JsonRecord value) {
        object.add(key, value.object);
        return this;
    }

    /** Adds a value if there is one; else the field is left out. */
    public <T> JsonRecord with(String key, Optional<T> value, Function<T, String> text) {
        value.ifPresent(each -> object.addProperty(key, text.apply(each)));
        return this;
    }

    /** Adds records. */
    public <T> JsonRecord with(String key, List<T> values, Function<T, JsonRecord> record) {
        JsonArray array = new JsonArray();
        values.forEach(each -> array.add(record.apply(each).object));
        object.add(key, array);
        return this;
    }

    /** Takes a text. */
    public String text(String key) {
        JsonPrimitive value = primitive(key);
        if (!value.isString()) {
            throw refused(key, "a text", value);
        }
        return value.getAsString();
    }

    /** Takes a whole number. */
    public long number(String key) {
        JsonPrimitive value = primitive(key);
        if (!value.isNumber() || !value.getAsString().matches("-?[0-9]{1,19}")) {
            throw refused(key, "a whole number", value);
        }
        return parsed(key, value.getAsString(), Long::parseLong);
    }

    /** Takes a truth. */
    public boolean truth(String key) {
        JsonPrimitive value = primitive(key);
        if (!value.isBoolean()) {
            throw refused(key, "true or false", value);
        }
        return value.getAsBoolean();
    }

    /** Takes a text that something else is made of. */
    public <T> T parsed(String key, Function<String, T> parse) {
        return parsed(key, text(key), parse);
    }

    /** As above, if there is one. */
    public <T> Optional<T> optional(String key, Function<String, T> parse) {
        return object.has(key) ? Optional.of(parsed(key, parse)) : Optional.empty();
    }

    /** Takes a record. */
    public <T> T record(String key, Function<JsonRecord, T> read) {
        return record(place + "/" + key, taken(key), read);
    }

    /** Takes records. */
    public <T> List<T> records(String key, Function<JsonRecord, T> read) {
        JsonElement value = taken(key);
        if (!value.isJsonArray()) {
            throw refused(key, "a list", value);
        }
        List<T> records = new ArrayList<>();
        for (JsonElement each : value.getAsJsonArray()) {
            records.add(record(place + "/" + key + "/" + records.size(), each, read));
        }
        return records;
    }

    private static <T> T record(String place, JsonElement value, Function<JsonRecord, T> read) {
        if (!value.isJsonObject()) {
            throw new IllegalArgumentException("at=" + place + " expected: a record found: " + value);
        }
        JsonRecord record = new JsonRecord(place, value.getAsJsonObject());
        T result = record.build(read);
        record.end();
        return result;
    }

    private <T> T build(Function<JsonRecord, T> read) {
        try {
            return read.apply(this);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("at=") ? e : new IllegalArgumentException("at=" + place + " " + message, e);
        }
    }

    /** Refuses fields that were not taken. */
    public void end() {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("at=" + place + " expected: no further fields found: " + left);
        }
    }

    private <T> T parsed(String key, String text, Function<String, T> parse) {
        try {
            return parse.apply(text);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "at=" + place + "/" + key + " expected: a valid value found: " + text, e);
        }
    }

    private JsonPrimitive primitive(String key) {
        JsonElement value = taken(key);
        if (!value.isJsonPrimitive()) {
            throw refused(key, "one value", value);
        }
        return value.getAsJsonPrimitive();
    }

    private JsonElement taken(String key) {
        left.remove(key);
        JsonElement value = object.get(key);
        if (value == null) {
            throw refused(key, "a value", null);
        }
        return value;
    }

    private IllegalArgumentException refused(String key, String expected, @Nullable JsonElement found) {
        return new IllegalArgumentException("at=" + place + "/" + key + " expected: " + expected + " found: "
                + (found == null ? "nothing" : found.toString()));
    }
}
