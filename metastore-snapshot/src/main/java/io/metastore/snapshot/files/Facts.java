package io.metastore.snapshot.files;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a {@link FactText} file says, its checksum verified; each fact is taken once and none may be left. */
public final class Facts {

    private final Path file;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private int version;

    private Facts(Path file) {
        this.file = file;
    }

    /**
     * Verifies and reads.
     *
     * @throws CorruptStateException when it is not such a file, whole and unchanged
     * @throws DirectoryMismatchException when it is sound and of a newer version than {@code versionMax}
     */
    public static Facts read(Path file, byte[] bytes, String kind, int versionMax) {
        Facts result = new Facts(file);
        List<String> lines = result.verifiedLines(bytes);
        result.checkFormat(lines.get(0), kind, versionMax);
        for (String line : lines.subList(1, lines.size())) {
            int equals = line.indexOf('=');
            if (equals < 1 || result.facts.put(line.substring(0, equals), line.substring(equals + 1)) != null) {
                throw result.damaged("one line key=value for each key", line);
            }
        }
        return result;
    }

    /** Of the lines; decides which facts there are. */
    int version() {
        return version;
    }

    /** Whether there is such a line, not taken yet. */
    public boolean has(String key) {
        return facts.containsKey(key);
    }

    /** A value as it stands there. */
    public String text(String key) {
        String value = facts.remove(key);
        if (value == null) {
            throw damaged("a line " + key + "=", "none");
        }
        return value;
    }

    /** What {@link FactText#withText} wrote. */
    public String anyText(String key) {
        Function<String, String> format = FactText::escaped;
        return parsed(key, FactText::unescaped, format);
    }

    /** What {@link FactText#withTexts} wrote. */
    public List<String> anyTexts(String key) {
        Function<List<String>, String> format = FactText::escaped;
        return parsed(key, FactText::unescapedAll, format);
    }

    public UUID uuid(String key) {
        return parsed(key, UUID::fromString, UUID::toString);
    }

    public long number(String key) {
        return parsed(key, Long::valueOf, String::valueOf);
    }

    /** A value whose text must be exactly what {@code format} gives for it. */
    public <T> T parsed(String key, Function<String, T> parse, Function<T, String> format) {
        String text = text(key);
        try {
            T value = parse.apply(text);
            if (format.apply(value).equals(text)) {
                return value;
            }
        } catch (RuntimeException e) {
            throw damaged("a valid value of " + key, text, e);
        }
        throw damaged("a valid value of " + key, text);
    }

    /** Builds the result from the facts; values that do not go together mean that the file is damaged. */
    public <T> T build(Function<Facts, T> builder) {
        T result;
        try {
            result = builder.apply(this);
        } catch (IllegalArgumentException e) {
            throw damaged("values that go together", String.valueOf(e.getMessage()), e);
        }
        if (!facts.isEmpty()) {
            throw damaged("no further lines", facts.keySet().toString());
        }
        return result;
    }

    CorruptStateException damaged(String expected, String found) {
        return damaged(expected, found, null);
    }

    private CorruptStateException damaged(String expected, String found, @Nullable RuntimeException cause) {
        return Refusals.damaged(file, expected, found, cause);
    }

    private List<String> verifiedLines(byte[] bytes) {
        int bodyBytes = bytes.length - FactText.CHECKSUM_LINE_BYTES;
        if (bodyBytes < 1) {
            throw damaged("more than " + FactText.CHECKSUM_LINE_BYTES + " bytes", bytes.length + " bytes");
        }
        String expected = FactText.checksumLine(Arrays.copyOf(bytes, bodyBytes)).stripTrailing();
        String found = printable(Arrays.copyOfRange(bytes, bodyBytes, bytes.length));
        if (!found.equals(expected + "\n") || bytes[bodyBytes - 1] != '\n') {
            throw damaged("last line " + expected, found.strip());
        }
        return new String(bytes, 0, bodyBytes, StandardCharsets.US_ASCII)
                .lines()
                .toList();
    }

    private void checkFormat(String line, String kind, int versionMax) {
        String prefix = "format=" + kind + "/";
        if (!line.startsWith(prefix)) {
            throw damaged("first line " + prefix + versionMax, line);
        }
        try {
            version = Integer.parseInt(line.substring(prefix.length()));
        } catch (NumberFormatException e) {
            throw damaged("first line " + prefix + versionMax, line, e);
        }
        if (version < 1) {
            throw damaged("first line " + prefix + versionMax, line);
        }
        if (version > versionMax) {
            throw Refusals.newerFormat(file, version, versionMax);
        }
    }

    private static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(b == '\n' || (b >= ' ' && b <= '~') ? (char) b : '?');
        }
        return text.toString();
    }
}
