package io.metastore.snapshot.files;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
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
