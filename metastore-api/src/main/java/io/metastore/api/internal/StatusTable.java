package io.metastore.api.internal;

import io.metastore.api.MemberStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Prints members as an aligned table. */
public final class StatusTable {

    private static final List<String> HEADINGS = List.of(
            "NAME",
            "ROLE",
            "ALIVE",
            "TERM",
            "APPLIED",
            "LAG",
            "REVISION",
            "IMAGE",
            "JOURNAL",
            "ADDRESS",
            "VERSION",
            "FINGERPRINT");

    private static final List<String> WIDE_HEADINGS = List.of("JOINED", "INCARNATION", "LAGTIME", "STARTED", "ERROR");

    private StatusTable() {}

    public static String render(List<MemberStatus> members) {
        TextTable table = new TextTable(HEADINGS);
        members.forEach(member -> table.add(row(member)));
        return table.render();
    }

    /** The same and more, for a wide screen. */
    public static String renderWide(List<MemberStatus> members) {
        TextTable table = new TextTable(join(HEADINGS, WIDE_HEADINGS));
        members.forEach(member -> table.add(join(row(member), wideCells(member))));
        return table.render();
    }

    public static Map<String, Object> toMap(MemberStatus member) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", member.name());
        map.put("role", member.role().name().toLowerCase(Locale.ROOT));
        map.put("joined", member.joined());
        map.put("alive", member.alive());
        map.put("silentMillis", millis(member.silent()));
        map.put("term", member.term());
        map.put("applied", member.applied());
        map.put("lag", member.lag());
        map.put("lagMillis", millis(member.lagTime()));
        map.put("revision", member.revision());
        map.put("image", member.image());
        map.put("imageAgeMillis", millis(member.imageAge()));
        map.put("journalBytes", member.journalBytes());
        map.put("address", member.address());
        map.put("version", member.version());
        map.put("fingerprint", member.fingerprint());
        map.put("incarnation", member.incarnation());
        map.put(
                "startedMillis",
                member.started() == null ? -1L : member.started().toEpochMilli());
        map.put("lastError", member.lastError());
        return map;
    }

    private static List<String> row(MemberStatus member) {
        return List.of(
                member.name(),
                member.role().name(),
                member.alive() ? "yes" : "no" + silence(member.silent()),
                number(member.term()),
                number(member.applied()),
                number(member.lag()),
                number(member.revision()),
                image(member),
                member.journalBytes() < 0 ? "-" : bytes(member.journalBytes()),
                member.address(),
                member.version(),
                TextTable.text(member.fingerprint()));
    }

    private static List<String> wideCells(MemberStatus member) {
        Duration lagTime = member.lagTime();
        return List.of(
                member.joined() ? "yes" : "no",
                TextTable.text(member.incarnation()),
                lagTime == null ? "-" : age(lagTime),
                TextTable.instant(member.started()),
                TextTable.text(member.lastError()));
    }

    private static List<String> join(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static long millis(@Nullable Duration duration) {
        return duration == null ? -1 : duration.toMillis();
    }

    private static String number(long value) {
        return value < 0 ? "-" : Long.toString(value);
    }

    private static String silence(@Nullable Duration silent) {
        return silent == null ? ", never" : ", " + age(silent);
    }

    private static String image(MemberStatus member) {
        Duration age = member.imageAge();
        return number(member.image()) + (age == null ? "" : " (" + age(age) + ")");
    }

    private static String age(Duration age) {
        long seconds = age.toSeconds();
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3600 ? seconds / 60 + "m" : seconds / 3600 + "h";
    }

    private static String bytes(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " B";
        }
        return bytes < 1 << 20 ? (bytes >> 10) + " KB" : (bytes >> 20) + " MB";
    }
}
