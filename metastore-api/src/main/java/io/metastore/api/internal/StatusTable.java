package io.metastore.api.internal;

import io.metastore.api.MemberStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints members as an aligned table. Written by hand because this module depends on nothing. */
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

    private StatusTable() {}

    public static String render(List<MemberStatus> members) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (MemberStatus member : members) {
            rows.add(row(member));
        }
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    public static Map<String, Object> toMap(MemberStatus member) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", member.name());
        map.put("role", member.role().name().toLowerCase(Locale.ROOT));
        map.put("alive", member.alive());
        map.put("silentMillis", member.silent() == null ? -1L : member.silent().toMillis());
        map.put("term", member.term());
        map.put("applied", member.applied());
        map.put("lag", member.lag());
        map.put("revision", member.revision());
        map.put("image", member.image());
        map.put(
                "imageAgeMillis",
                member.imageAge() == null ? -1L : member.imageAge().toMillis());
        map.put("journalBytes", member.journalBytes());
        map.put("address", member.address());
        map.put("version", member.version());
        map.put("fingerprint", member.fingerprint());
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
                member.fingerprint().isEmpty() ? "-" : member.fingerprint());
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
