package io.metastore.cli;

import com.google.gson.JsonObject;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** For whom it is printed: the same for all commands that print what they found. */
final class Output {

    @Option(names = "--json", description = "For programs: one JSON object a line.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** Prints one of them; a text ends its own lines. */
    void print(CommandSpec spec, JsonObject object, String text) {
        if (json) {
            spec.commandLine().getOut().println(object);
        } else {
            spec.commandLine().getOut().print(text);
        }
        spec.commandLine().getOut().flush();
    }
}
