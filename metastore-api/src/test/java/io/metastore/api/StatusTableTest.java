package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Status as people read it: one line per member, columns aligned. */
class StatusTableTest {

    private static final List<MemberStatus> MEMBERS = List.of(
            member("fe1", MemberStatus.Role.LEADER, Duration.ZERO, 7, 88214, 0, 88190, 14 << 20, "ab12"),
            member("fe4", MemberStatus.Role.OBSERVER, Duration.ZERO, 7, 88201, 13, 88177, 2 << 20, "ab12"),
            member("fe3", MemberStatus.Role.FOLLOWER, Duration.ofSeconds(280), 6, 87410, 804, -1, -1, ""));

    private static final StoreStatus STATUS =
            new StoreStatus("c-1", "fe1", StoreState.SERVING, "", new Revision(1, 88190, LogPosition.NONE), MEMBERS);

    @Test
    void oneAlignedLinePerMember() {
        assertThat(STATUS.toTable()).isEqualTo("""
                        NAME  ROLE      ALIVE   TERM  APPLIED  LAG  REVISION  IMAGE       JOURNAL  ADDRESS        VERSION  FINGERPRINT
                        fe1   LEADER    yes     7     88214    0    88190     88000 (2m)  14 MB    10.0.0.1:9010  1.0.0    ab12
                        fe4   OBSERVER  yes     7     88201    13   88177     88000 (2m)  2 MB     10.0.0.1:9010  1.0.0    ab12
                        fe3   FOLLOWER  no, 4m  6     87410    804  -         -           -        10.0.0.1:9010  1.0.0    -
                        """);
    }

    @Test
    void columnsStartWhereTheirHeadingsStart() {
        String[] lines = STATUS.toTable().split("\n", -1);
        List<Integer> starts = new ArrayList<>();
        for (String heading : lines[0].split(" +", -1)) {
            starts.add(lines[0].indexOf(heading));
        }
        for (int row = 1; row <= MEMBERS.size(); row++) {
            for (int start : starts) {
                assertThat(lines[row].charAt(start)).as(lines[row]).isNotEqualTo(' ');
                assertThat(start == 0 || lines[row].charAt(start - 1) == ' ')
                        .as(lines[row])
                        .isTrue();
            }
        }
    }

    @Test
    void silenceIsShownInTheUnitThatFits() {
        assertThat(alive(Duration.ofSeconds(59))).isEqualTo("no, 59s");
        assertThat(alive(Duration.ofSeconds(60))).isEqualTo("no, 1m");
        assertThat(alive(Duration.ofMinutes(59))).isEqualTo("no, 59m");
        assertThat(alive(Duration.ofHours(30))).isEqualTo("no, 30h");
        MemberStatus never = new MemberStatus(
                "a", MemberStatus.Role.FOLLOWER, false, null, -1, -1, -1, -1, -1, null, -1, "a:1", "-", "");
        assertThat(table(never)).contains("no, never").contains("  -  ");
    }

    @Test
    void journalSizesAreShownInTheUnitThatFits() {
        assertThat(table(member("a", MemberStatus.Role.LEADER, Duration.ZERO, 1, 1, 0, 1, 1023, "")))
                .contains("1023 B");
        assertThat(table(member("a", MemberStatus.Role.LEADER, Duration.ZERO, 1, 1, 0, 1, 1024, "")))
                .contains("1 KB");
        assertThat(table(member("a", MemberStatus.Role.LEADER, Duration.ZERO, 1, 1, 0, 1, 3L << 30, "")))
                .contains("3072 MB");
    }

    @Test
    void theMapHasTheSameInAFixedOrder() {
        Map<String, Object> map = STATUS.toMap();
        assertThat(map.keySet()).containsExactly("clusterId", "member", "state", "reason", "revision", "members");
        assertThat(map).containsEntry("state", "SERVING").containsEntry("revision", 88190L);
        assertThat(map.get("members"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .hasSize(3)
                .first()
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("name", "fe1")
                .containsEntry("role", "leader")
                .containsEntry("silentMillis", 0L)
                .containsEntry("image", 88_000L)
                .containsEntry("imageAgeMillis", 150_000L)
                .containsEntry("journalBytes", 14L << 20);
    }

    private static String alive(Duration silent) {
        String line = table(member("a", MemberStatus.Role.FOLLOWER, silent, 1, 1, 0, 1, 1, ""))
                .split("\n", -1)[1];
        return line.split("  +", -1)[2];
    }

    private static String table(MemberStatus member) {
        return new StoreStatus("c", "a", StoreState.SERVING, "", Revision.NONE, List.of(member)).toTable();
    }

    private static MemberStatus member(
            String name,
            MemberStatus.Role role,
            Duration silent,
            long term,
            long applied,
            long lag,
            long revision,
            long journalBytes,
            String fingerprint) {
        return new MemberStatus(
                name,
                role,
                silent.isZero(),
                silent,
                term,
                applied,
                lag,
                revision,
                silent.isZero() ? 88_000 : -1,
                silent.isZero() ? Duration.ofSeconds(150) : null,
                journalBytes,
                "10.0.0.1:9010",
                "1.0.0",
                fingerprint);
    }
}
