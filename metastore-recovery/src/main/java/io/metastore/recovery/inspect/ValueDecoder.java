package io.metastore.recovery.inspect;

import io.metastore.api.CommandType;
import io.metastore.api.TableDef;
import io.metastore.recovery.inspect.InspectedValue.Form;
import io.metastore.recovery.internal.inspect.Format;
import io.metastore.recovery.internal.inspect.Rendering;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys, values and arguments, decoded as well as can be: by the application's definition, else by the codec that the table was registered with, else as text,
 * else not. Used by one thread.
 */
final class ValueDecoder {
    private static final String SAME_LINE = "\t\n\r";

    private final Definitions definitions;
    private final Map<String, Optional<Format>> formats = new HashMap<>();

    ValueDecoder(Definitions definitions) {
        this.definitions = definitions;
    }

    InspectedValue key(InspectedTable table, byte[] bytes) {
        TableDef<?, ?> definition = definitions.tables().get(table.name());
        String problem = "";
        if (definition != null) {
            if (definition.keyCodec().id().equals(table.keyCodec())) {
                return typed(
                        bytes, table.keyCodec(), () -> definition.keyCodec().decode(bytes));
            }
            problem = "the definition given has keys of codec "
                    + definition.keyCodec().id() + ", the table of " + table.keyCodec();
        }
        return generic(bytes, table.keyCodec(), problem);
    }

    /** Where a range begins or ends, which need not be a key. */
    InspectedValue bound(InspectedTable table, byte[] bytes) {
        InspectedValue value = key(table, bytes);
        return value.problem().isEmpty() ? value : generic(bytes, "", "");
    }

    /**
     * A value.
     *
     * @param codec that wrote it; empty when it is not known
     * @param version of the table's definition that wrote it
     */
    InspectedValue value(InspectedTable table, String codec, int version, byte[] bytes) {
        TableDef<?, ?> definition = definitions.tables().get(table.name());
        return definition == null
                ? generic(bytes, codec, "")
                : typed(bytes, codec, () -> definition.decodeValue(version, bytes));
    }

    InspectedValue argument(String command, int version, byte[] bytes) {
        CommandType<?, ?> type = definitions.commands().get(Definitions.id(command, version));
        return type == null
                ? generic(bytes, "", "")
                : typed(bytes, type.argumentCodec().id(), () -> type.argumentCodec()
                        .decode(bytes));
    }

    /** The application's code may fail in any way. */
    private InspectedValue typed(byte[] bytes, String codec, Supplier<? extends @Nullable Object> decoding) {
        Object value;
        try {
            value = decoding.get();
        } catch (RuntimeException e) {
            return generic(bytes, codec, "the definition given cannot decode it: " + e.getMessage());
        }
        boolean plain = value == null || value instanceof byte[];
        String text = plain ? null : Rendering.of(value, definitions.charactersMax());
        if (value == null || text == null) {
            InspectedValue generic = generic(bytes, codec, "");
            return value == null
                    ? generic
                    : new InspectedValue(bytes, Form.TYPED, value, generic.text(), generic.problem());
        }
        return new InspectedValue(bytes, Form.TYPED, value, withLength(text, bytes), "");
    }

    private InspectedValue generic(byte[] bytes, String codec, String problem) {
        Format format = format(codec);
        String what = problem;
        if (format != null) {
            try {
                Object value = format.read(bytes);
                String text = value instanceof byte[] ? null : Rendering.of(value, definitions.charactersMax());
                if (text != null) {
                    return new InspectedValue(bytes, Form.DECODED, value, withLength(text, bytes), problem);
                }
            } catch (Format.MismatchException e) {
                what = problem.isEmpty() ? String.valueOf(e.getMessage()) : problem;
            }
        }
        String readable = readable(bytes);
        if (readable != null) {
            String text = Rendering.of(readable, definitions.charactersMax());
            return new InspectedValue(bytes, Form.TEXT, readable, withLength(String.valueOf(text), bytes), what);
        }
        String hex = bytes.length == 0
                ? "(empty)"
                : Rendering.hex(bytes, definitions.charactersMax()) + " (" + bytes.length + " bytes)";
        return new InspectedValue(bytes, Form.BYTES, bytes, hex, what);
    }

    private @Nullable Format format(String codec) {
        return codec.isEmpty()
                ? null
                : formats.computeIfAbsent(codec, ValueDecoder::parsed).orElse(null);
    }

    private static Optional<Format> parsed(String codec) {
        try {
            return Optional.of(Format.of(codec));
        } catch (Format.UnknownException e) {
            return Optional.empty(); // An application's own; the bytes are shown as they are.
        }
    }

    /** Null when it is no text that people could read. */
    private static @Nullable String readable(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            boolean readable = text.codePoints()
                    .allMatch(each -> SAME_LINE.indexOf(each) >= 0
                            || (!Character.isISOControl(each) && Character.isDefined(each)));
            return readable && !text.isEmpty() ? text : null;
        } catch (CharacterCodingException e) {
            return null; // That was the question.
        }
    }

    private String withLength(String text, byte[] bytes) {
        return text.length() <= definitions.charactersMax() ? text : text + " (" + bytes.length + " bytes)";
    }
}
