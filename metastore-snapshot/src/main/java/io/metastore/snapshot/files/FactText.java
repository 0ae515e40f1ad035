package io.metastore.snapshot.files;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The text of our small files: lines {@code key=value} in ASCII, for people to read, not to edit.
 *
 * <pre>
 * format=metastore-role/1         what it is, and the version of its lines
 * member=fe1                      facts
 * checksum=1f2e3d4c               CRC32C of all bytes before this line
 * </pre>
 *
 * The first and the last line are the same in every version, so a newer file can be told from a damaged one.
 */
public final class FactText {

    /** An empty text or list. */
    private static final String NOTHING = "-";

    private static final String CHECKSUM_KEY = "checksum=";
    static final int CHECKSUM_LINE_BYTES = CHECKSUM_KEY.length() + 8 + 1;

    private final String kind;
    private final int version;
    private final Map<String, String> facts = new LinkedHashMap<>();

    /** A text without facts yet. */
    public FactText(String kind, int version) {
        this.kind = kind;
        this.version = version;
    }

    /** Adds a fact, printable ASCII, each key once. */
    public FactText with(String key, Object value) {
        String text = value.toString();
        if (!key.matches("[A-Za-z0-9.]+") || !text.matches("[ -~]+")) {
            throw new IllegalArgumentException("facts are printable ASCII: key='" + key + "' value='" + text + "'");
        }
        if (facts.putIfAbsent(key, text) != null) {
            throw new IllegalArgumentException("a fact is given twice: key=" + key);
        }
        return this;
    }

    /** Adds a text of people, which may hold any character: printable ASCII as it is, all else escaped as in URLs. */
    public FactText withText(String key, String text) {
        return with(key, escaped(text));
    }

    /** Adds a list of such texts. */
    public FactText withTexts(String key, List<String> texts) {
        return with(key, escaped(texts));
    }

    /** One way to write each text: {@code %} and {@code ,} are escaped too, nothing is {@code -}, and that one is escaped. */
    static String escaped(String text) {
        if (text.isEmpty()) {
            return NOTHING;
        }
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= ' ' && b <= '~' && b != '%' && b != ',' && !text.equals(NOTHING);
            escaped.append(plain ? String.valueOf((char) b) : String.format(Locale.ROOT, "%%%02X", b & 0xFF));
        }
        return escaped.toString();
    }

    static String escaped(List<String> texts) {
        return texts.isEmpty() ? NOTHING : texts.stream().map(FactText::escaped).collect(Collectors.joining(","));
    }

    static List<String> unescapedAll(String text) {
        return text.equals(NOTHING)
                ? List.of()
                : Stream.of(text.split(",", -1)).map(FactText::unescaped).toList();
    }

    static String unescaped(String text) {
        if (text.equals(NOTHING)) {
            return "";
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes[length++] = (byte) Integer.parseInt(text.substring(i + 1, i + 3), 16);
                i += 2;
            } else {
                bytes[length++] = (byte) text.charAt(i);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The whole file, its checksum line included. */
    public byte[] bytes() {
        StringBuilder text = new StringBuilder("format=" + kind + "/" + version + "\n");
        facts.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        String body = text.toString();
        return (body + checksumLine(body.getBytes(StandardCharsets.US_ASCII))).getBytes(StandardCharsets.US_ASCII);
    }

    /** The last line of a file whose other lines are {@code body}, line end included. */
    static String checksumLine(byte[] body) {
        CRC32C checksum = new CRC32C();
        checksum.update(body);
        String digits = Long.toHexString(checksum.getValue() | 1L << 32).substring(1);
        return CHECKSUM_KEY + digits + "\n";
    }
}
