package io.metastore.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/** What the command printed, and with what it ended. */
record Ran(int code, String out, String err) {

    /** Runs it in this process. */
    static Ran run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.command(new PrintWriter(out), new PrintWriter(err))
                .execute(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
        return new Ran(code, out.toString(), err.toString());
    }

    List<String> lines() {
        return out.lines().toList();
    }

    List<JsonObject> json() {
        return out.lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    /** The only object that was printed. */
    JsonObject object() {
        List<JsonObject> objects = json();
        if (objects.size() != 1) {
            throw new AssertionError("not one object: " + out);
        }
        return objects.get(0);
    }
}
