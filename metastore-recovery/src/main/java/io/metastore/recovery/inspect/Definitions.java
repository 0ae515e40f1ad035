package io.metastore.recovery.inspect;

import io.metastore.api.CommandType;
import io.metastore.api.TableDef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the application told of its tables and commands, and how long texts may be. Immutable. */
record Definitions(Map<String, TableDef<?, ?>> tables, Map<String, CommandType<?, ?>> commands, int charactersMax) {
    private static final int CHARACTERS_DEFAULT = 200;

    static final Definitions NONE = new Definitions(Map.of(), Map.of(), CHARACTERS_DEFAULT);

    Definitions {
        tables = Map.copyOf(tables);
        commands = Map.copyOf(commands);
        if (charactersMax < 1) {
            throw new IllegalArgumentException("a text has at least one character: charactersMax=" + charactersMax);
        }
    }

    Definitions with(List<TableDef<?, ?>> added) {
        Map<String, TableDef<?, ?>> all = new HashMap<>(tables);
        added.forEach(each -> all.put(each.name(), each));
        return new Definitions(all, commands, charactersMax);
    }

    Definitions withCommands(List<CommandType<?, ?>> added) {
        Map<String, CommandType<?, ?>> all = new HashMap<>(commands);
        added.forEach(each -> all.put(id(each.name(), each.version()), each));
        return new Definitions(tables, all, charactersMax);
    }

    Definitions shortenedTo(int characters) {
        return new Definitions(tables, commands, characters);
    }

    static String id(String command, int version) {
        return command + " v" + version;
    }
}
