package io.metastore.snapshot.files;

import io.metastore.api.LogPosition;
import io.metastore.snapshot.files.Seal.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The bytes of {@code SEAL} and {@code GENESIS}; see {@link FactText}. Text of people may hold any character, so it is escaped as in URLs, spaces apart. */
final class RecoveryFiles {

    private static final int VERSION_1 = 1;
    private static final String NOTHING = "-";

    private RecoveryFiles() {}

    static byte[] seal(UUID clusterId, Seal seal) {
        return new FactText("metastore-seal", VERSION_1)
                .with("cluster", clusterId)
                .with("recovery", seal.recovery())
                .with("epoch", seal.epoch())
                .with("next", seal.next())
                .with("state", lower(seal.state()))
                .with("tip", text(seal.tip()))
                .with("since", seal.since())
                .bytes();
    }

    static Seal readSeal(Path file, byte[] bytes, UUID clusterId) {
        return Facts.read(file, bytes, "metastore-seal", VERSION_1).build(facts -> {
            checkCluster(facts, clusterId);
            return new Seal(
                    facts.uuid("recovery"),
                    facts.number("epoch"),
                    facts.number("next"),
                    facts.parsed("state", RecoveryFiles::state, RecoveryFiles::lower),
                    facts.parsed("tip", RecoveryFiles::position, RecoveryFiles::text),
                    facts.parsed("since", Instant::parse, Instant::toString));
        });
    }

    static byte[] genesis(UUID clusterId, Genesis genesis) {
        return new FactText("metastore-genesis", VERSION_1)
                .with("cluster", clusterId)
                .with("recovery", genesis.recovery())
                .with("epoch", genesis.epoch())
                .with("previous", genesis.previous())
                .with("tip", text(genesis.tip()))
                .with("member", escaped(genesis.member()))
                .with("created", genesis.created())
                .with("by", escaped(genesis.by()))
                .with("why", escaped(genesis.why()))
                .with("verdict", escaped(genesis.verdict()))
                .with("plan", escaped(genesis.plan()))
                .with("sealed", text(genesis.sealed()))
                .with("missing", text(genesis.missing()))
                .bytes();
    }

    static Genesis readGenesis(Path file, byte[] bytes, UUID clusterId) {
        return Facts.read(file, bytes, "metastore-genesis", VERSION_1).build(facts -> {
            checkCluster(facts, clusterId);
            return new Genesis(
                    facts.uuid("recovery"),
                    facts.number("epoch"),
                    facts.number("previous"),
                    facts.parsed("tip", RecoveryFiles::position, RecoveryFiles::text),
                    unescaped(facts, "member"),
                    facts.parsed("created", Instant::parse, Instant::toString),
                    unescaped(facts, "by"),
                    unescaped(facts, "why"),
                    unescaped(facts, "verdict"),
                    unescaped(facts, "plan"),
                    facts.parsed("sealed", RecoveryFiles::list, RecoveryFiles::text),
                    facts.parsed("missing", RecoveryFiles::list, RecoveryFiles::text));
        });
    }

    private static void checkCluster(Facts facts, UUID expected) {
        UUID found = facts.uuid("cluster");
        if (!found.equals(expected)) {
            throw facts.damaged("cluster=" + expected + " as in " + Layout.VERSION, "cluster=" + found);
        }
    }

    private static String unescaped(Facts facts, String key) {
        Function<String, String> back = RecoveryFiles::unescape;
        return facts.parsed(key, back, RecoveryFiles::escaped);
    }

    private static String lower(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static State state(String text) {
        return State.valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static String text(LogPosition position) {
        return position.index() < 0 ? NOTHING : position.term() + ":" + position.index();
    }

    private static LogPosition position(String text) {
        if (text.equals(NOTHING)) {
            return LogPosition.NONE;
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    private static String text(List<String> texts) {
        return texts.isEmpty()
                ? NOTHING
                : texts.stream().map(RecoveryFiles::escaped).collect(Collectors.joining(","));
    }

    private static List<String> list(String text) {
        return text.equals(NOTHING)
                ? List.of()
                : Stream.of(text.split(",", -1)).map(RecoveryFiles::unescape).toList();
    }

    /** One way to write each text: printable ASCII as it is, but for {@code %} and {@code ,}; nothing as {@code -}, and that one escaped. */
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

    static String unescape(String text) {
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
}
