package io.metastore.raft.internal.node;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What members tell each other about themselves, as {@code key=value} lines: readable in a dump, and a member may tell more than another
 * understands. Keys and values hold no line breaks.
 */
record MemberFacts(Map<String, String> facts) {

    static MemberFacts of() {
        return new MemberFacts(new LinkedHashMap<>());
    }

    MemberFacts with(String key, Object value) {
        facts.put(key, String.valueOf(value).replace('\n', ' ').replace('\r', ' '));
        return this;
    }

    String text(String key) {
        return facts.getOrDefault(key, "");
    }

    long number(String key) {
        try {
            return Long.parseLong(text(key));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    byte[] encode() {
        StringBuilder text = new StringBuilder();
        facts.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    static MemberFacts decode(byte[] bytes) {
        MemberFacts facts = of();
        new String(bytes, StandardCharsets.UTF_8).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                facts.with(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return facts;
    }
}
