package io.metastore.recovery.internal.inspect;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values written for people: text in quotes, bytes in hexadecimal, records and collections by their parts, and never what {@link Object#toString} says of an
 * object that has nothing to say. At most so many characters, and a bit more where it was cut.
 */
public final class Rendering {
    private static final int DEPTH_MAX = 50;
    private static final String CUT = "...";

    /** What objects and arrays without a text of their own are called. */
    private static final Pattern NAMELESS =
            Pattern.compile("(\\[+([BCDFIJSZ]|L[\\w.$]+;)|(\\w+[.$])+\\w+)@[0-9a-f]{1,8}\\b");

    private final StringBuilder text = new StringBuilder();
    private final int max;

    private Rendering(int max) {
        this.max = max;
    }

    /** A value; null when it holds something that has no text of its own. */
    public static @Nullable String of(Object value, int charactersMax) {
        Rendering rendering = new Rendering(charactersMax);
        return rendering.add(value, 0) ? rendering.text() : null;
    }

    /** As {@code 0x00ff}. */
    public static String hex(byte[] bytes, int charactersMax) {
        int shown = Math.min(bytes.length, Math.max(1, charactersMax / 2));
        return "0x" + HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? CUT : "");
    }

    private String text() {
        return text.length() <= max ? text.toString() : text.substring(0, max) + CUT;
    }

    private boolean isFull() {
        return text.length() > max;
    }

    /** False when there is something without a text. */
    private boolean add(@Nullable Object value, int depth) {
        if (isFull()) {
            return true;
        }
        if (depth > DEPTH_MAX) {
            return false;
        }
        if (value == null || value instanceof Number || value instanceof Boolean) {
            text.append(value);
            return true;
        } else if (value instanceof CharSequence || value instanceof Character) {
            quote(value.toString());
            return true;
        } else if (value instanceof byte[] bytes) {
            text.append(hex(bytes, max - text.length()));
            return true;
        } else if (value instanceof Optional<?> optional) {
            return optional.isEmpty() ? append("empty") : add(optional.get(), depth + 1);
        } else if (value instanceof Map<?, ?> map) {
            return addMap(map, depth);
        } else if (value instanceof Iterable<?> elements) {
            return addAll(elements.iterator(), depth);
        } else if (value.getClass().isArray()) {
            return addArray(value, depth);
        } else if (value instanceof Record record) {
            return addRecord(record, depth);
        }
        return addOther(value);
    }

    private boolean append(String added) {
        text.append(added);
        return true;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length() && !isFull(); i++) {
            char each = value.charAt(i);
            switch (each) {
                case '"', '\\' -> text.append('\\').append(each);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (Character.isISOControl(each)) {
                        text.append(String.format("\\u%04x", (int) each));
                    } else {
                        text.append(each);
                    }
                }
            }
        }
        text.append('"');
    }

    private boolean addMap(Map<?, ?> map, int depth) {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (isFull()) {
                break;
            }
            text.append(separator);
            if (entry.getKey() instanceof String name) {
                text.append(name);
            } else if (!add(entry.getKey(), depth + 1)) {
                return false;
            }
            text.append('=');
            if (!add(entry.getValue(), depth + 1)) {
                return false;
            }
            separator = ", ";
        }
        return append("}");
    }

    private boolean addAll(Iterator<?> elements, int depth) {
        text.append('[');
        String separator = "";
        while (elements.hasNext() && !isFull()) {
            text.append(separator);
            if (!add(elements.next(), depth + 1)) {
                return false;
            }
            separator = ", ";
        }
        return append("]");
    }

    private boolean addArray(Object array, int depth) {
        text.append('[');
        for (int i = 0; i < Array.getLength(array) && !isFull(); i++) {
            text.append(i == 0 ? "" : ", ");
            if (!add(Array.get(array, i), depth + 1)) {
                return false;
            }
        }
        return append("]");
    }

    /** By its components, which may be arrays; a record may be of a package that is closed to us, then as it writes itself. */
    private boolean addRecord(Record record, int depth) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        int begin = text.length();
        text.append('{');
        for (int i = 0; i < components.length && !isFull(); i++) {
            text.append(i == 0 ? "" : ", ").append(components[i].getName()).append('=');
            Object part;
            try {
                components[i].getAccessor().setAccessible(true);
                part = components[i].getAccessor().invoke(record);
            } catch (ReflectiveOperationException | RuntimeException e) {
                if (e instanceof InvocationTargetException) {
                    return false; // Its own accessor fails.
                }
                text.setLength(begin);
                return addOther(record);
            }
            if (!add(part, depth + 1)) {
                return false;
            }
        }
        return append("}");
    }

    private boolean addOther(Object value) {
        String own;
        boolean nameless;
        try {
            own = String.valueOf(value);
            nameless = value.getClass().getMethod("toString").getDeclaringClass() == Object.class;
        } catch (RuntimeException e) {
            return false; // Nobody promised that it can be written.
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e); // Every object has one.
        }
        if (nameless || NAMELESS.matcher(own).find()) {
            return false;
        }
        text.append(own);
        return true;
    }
}
