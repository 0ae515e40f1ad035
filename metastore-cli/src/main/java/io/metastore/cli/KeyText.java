package io.metastore.cli;

import io.metastore.api.Codecs;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;

/** Keys as they are typed, by the codec of their table. */
final class KeyText {
    private static final String HEX = "0x";

    private KeyText() {}

    /**
     * A whole key.
     *
     * @param codec id of the table's; empty when it is not known
     * @throws IllegalArgumentException it is none
     */
    static byte[] parse(String text, String codec) {
        if (text.startsWith(HEX)) {
            return HexFormat.of().parseHex(text.substring(HEX.length()));
        }
        return switch (codec) {
            case "int64" -> Codecs.int64().encode(Long.valueOf(text));
            case "uuid" -> Codecs.uuid().encode(UUID.fromString(text));
            default -> parsePrefix(text, codec);
        };
    }

    /**
     * The beginning of a key.
     *
     * @throws IllegalArgumentException keys of this codec do not begin as a text does
     */
    static byte[] parsePrefix(String text, String codec) {
        if (text.startsWith(HEX)) {
            return HexFormat.of().parseHex(text.substring(HEX.length()));
        }
        if (codec.equals("utf8") || codec.equals("bytes") || codec.startsWith("enum(")) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        throw new IllegalArgumentException(
                "keys of codec '" + codec + "' are given as " + HEX + " and their bytes in hexadecimal: " + text);
    }
}
