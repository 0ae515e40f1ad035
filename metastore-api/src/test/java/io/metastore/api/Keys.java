package io.metastore.api;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Random keys that are close to each other: shared beginnings, zeros, ends of ranges, empty parts. */
final class Keys {

    static final Comparator<String> BY_CODE_POINT =
            (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

    static final Comparator<UUID> BY_TEXT = Comparator.comparing(UUID::toString);

    private static final List<String> LETTERS =
            List.of("\0", "\1", "a", "b", "\u007F", "\u0080", "\u00FF", "\u07FF", "\uE000", "\uFFFF", "\uD800\uDC00");

    private static final long[] NUMBERS = {
        0, 1, -1, 255, 256, -256, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private Keys() {}

    static String string(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(5); length > 0; length--) {
            text.append(LETTERS.get(random.nextInt(LETTERS.size())));
        }
        return text.toString();
    }

    static long number(Random random) {
        return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong();
    }

    static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(5)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextInt(4) - 2); // FE, FF, 00, 01
        }
        return bytes;
    }

    static UUID uuid(Random random) {
        return new UUID(number(random), number(random));
    }
}
