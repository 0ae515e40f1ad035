package io.metastore.api.internal.codec;

import io.metastore.api.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 without the silent replacement of what is malformed. */
final class Utf8 {

    private Utf8() {}

    static byte[] encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new CodecException("string is not well-formed: half a surrogate pair at index=" + i
                            + " length=" + text.length() + " unit=0x" + Integer.toHexString(c)
                            + "; keep arbitrary bytes as byte[]");
                }
                i++;
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String decode(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        // The fast decoder replaces what is malformed; only then, or when the replacement was stored, look again.
        if (text.indexOf('\uFFFD') >= 0) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, offset, length))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new CodecException("bytes are not well-formed UTF-8: length=" + length, e);
            }
        }
        return text;
    }
}
