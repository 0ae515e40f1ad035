package io.metastore.api.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads messages of the form {@code sentence: name=value name=value; next step}. A value goes on until the next name, or until a semicolon with a space behind it; one in
 * quotes may contain both. Of two facts of one name the first counts: a reason that is passed on may bring facts of its own, and stands last.
 */
public final class MessageFacts {

    private static final Pattern NAME = Pattern.compile("(?<=^|[ (])(?<name>[A-Za-z][A-Za-z0-9.]*)=");
    private static final Pattern QUOTED = Pattern.compile("'(?<text>.*?)'(?=$|[ ;,)])", Pattern.DOTALL);
    private static final String NEXT_STEP = "; ";

    private MessageFacts() {}

    /** The facts, in the order of the message. */
    public static Map<String, String> of(String message) {
        Map<String, String> facts = new LinkedHashMap<>();
        List<MatchResult> names = names(message);
        for (int i = 0; i < names.size(); i++) {
            int end = i + 1 < names.size() ? names.get(i + 1).start() : message.length();
            facts.putIfAbsent(
                    names.get(i).group(1), value(message.substring(names.get(i).end(), end)));
        }
        return Collections.unmodifiableMap(facts);
    }

    /** Those in quotes are none. */
    private static List<MatchResult> names(String message) {
        List<MatchResult> names = new ArrayList<>();
        Matcher name = NAME.matcher(message);
        Matcher quoted = QUOTED.matcher(message);
        for (int from = 0; name.find(from); ) {
            names.add(name.toMatchResult());
            from = quoted.region(name.end(), message.length()).lookingAt() ? quoted.end() : name.end();
        }
        return names;
    }

    private static String value(String text) {
        Matcher quoted = QUOTED.matcher(text);
        if (quoted.lookingAt()) {
            return quoted.group("text");
        }
        int end = text.indexOf(NEXT_STEP);
        return (end < 0 ? text : text.substring(0, end)).strip();
    }
}
