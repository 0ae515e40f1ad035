package io.metastore.recovery.internal.inspect;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Takes the id of a codec apart: {@code name}, or {@code name(part,part)}, in records {@code name(component:part)}, each with a question mark behind it when
 * it may be null.
 */
final class FormatParser {
    private static final int DEPTH_MAX = 100;

    private final String id;
    private int next;
    private int depth;

    private FormatParser(String id) {
        this.id = id;
    }

    /** Of bytes that are a key or a value as a whole. */
    static Function<Bytes, Object> parse(String id) throws Format.UnknownException {
        FormatParser parser = new FormatParser(id);
        Function<Bytes, Object> format = parser.whole();
        if (parser.next < id.length()) {
            throw parser.unknown();
        }
        return format;
    }

    private Function<Bytes, Object> whole() throws Format.UnknownException {
        enter();
        int begin = next;
        String name = name();
        Function<Bytes, Object> format =
                switch (name) {
                    case "utf8" -> in -> in.text(in.rest());
                    case "int64" -> in -> in.fixed(Long.BYTES) ^ Long.MIN_VALUE;
                    case "bytes" -> Bytes::rest;
                    case "uuid" -> Parts::uuid;
                    case "enum" -> {
                        enumeration();
                        yield in -> in.text(in.rest());
                    }
                    case "tuple" -> tuple();
                    case "record" -> {
                        next = begin;
                        Function<Bytes, Object> record = part();
                        yield in -> {
                            if (in.unsignedByte() != 1) {
                                throw in.mismatch("expected 1 as format of a record");
                            }
                            return record.apply(in);
                        };
                    }
                    default -> throw unknown();
                };
        depth--;
        return format;
    }

    private Function<Bytes, Object> tuple() throws Format.UnknownException {
        expect('(');
        Map<String, Function<Bytes, Object>> parts = new LinkedHashMap<>();
        do {
            parts.put("" + parts.size(), whole());
        } while (accept(','));
        expect(')');
        return Parts.tuple(parts.values());
    }

    /** Of bytes inside a record. */
    private Function<Bytes, Object> part() throws Format.UnknownException {
        enter();
        String name = name();
        Function<Bytes, Object> format =
                switch (name) {
                    case "enum" -> {
                        enumeration();
                        yield in -> in.text(in.sized());
                    }
                    case "record" -> record();
                    case "optional" -> Parts.optional(inner());
                    case "list", "set" -> Parts.list(inner());
                    case "map" -> {
                        expect('(');
                        Function<Bytes, Object> key = part();
                        expect(',');
                        Function<Bytes, Object> value = part();
                        expect(')');
                        yield Parts.map(key, value);
                    }
                    default -> {
                        Function<Bytes, Object> scalar = Parts.SCALARS.get(name);
                        if (scalar == null) {
                            throw unknown();
                        }
                        yield scalar;
                    }
                };
        accept('?');
        depth--;
        return format;
    }

    private Function<Bytes, Object> inner() throws Format.UnknownException {
        expect('(');
        Function<Bytes, Object> inner = part();
        expect(')');
        return inner;
    }

    private Function<Bytes, Object> record() throws Format.UnknownException {
        expect('(');
        Map<String, Function<Bytes, Object>> components = new LinkedHashMap<>();
        if (!accept(')')) {
            do {
                String component = name();
                expect(':');
                components.put(component, part());
            } while (accept(','));
            expect(')');
        }
        return Parts.record(components);
    }

    private void enumeration() throws Format.UnknownException {
        expect('(');
        name();
        expect(')');
    }

    private String name() {
        int begin = next;
        while (next < id.length() && Character.isJavaIdentifierPart(id.charAt(next))) {
            next++;
        }
        return id.substring(begin, next);
    }

    private void enter() throws Format.UnknownException {
        if (++depth > DEPTH_MAX) {
            throw unknown();
        }
    }

    private boolean accept(char expected) {
        boolean there = next < id.length() && id.charAt(next) == expected;
        next += there ? 1 : 0;
        return there;
    }

    private void expect(char expected) throws Format.UnknownException {
        if (!accept(expected)) {
            throw unknown();
        }
    }

    private Format.UnknownException unknown() {
        return new Format.UnknownException("codec " + id + " needs the application's definition to be read");
    }
}
