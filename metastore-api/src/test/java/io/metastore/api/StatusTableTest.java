package io.metastore.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Status as people read it: one line per member, columns aligned. */
class StatusTableTest {

    private static final Instant STARTED = Instant.parse("2026-11-02T03:04:05.678Z");

    private static final List<MemberStatus> MEMBERS = List.of(
            member("fe1", MemberStatus.Role.LEADER, Duration.ZERO, 7, 88214, 0, 88190, 14 << 20, "ab12"),
            member("fe4", MemberStatus.Role.OBSERVER, Duration.ZERO, 7, 88201, 13, 88177, 2 << 20, "ab12"),
            member("fe3", MemberStatus.Role.FOLLOWER, Duration.ofSeconds(280), 6, 87410, 804, -1, -1, ""));

    private static final StoreStatus STATUS =
            new StoreStatus("c-1", "fe1", StoreState.SERVING, "", new Revision(1, 88190, LogPosition.NONE), 0, MEMBERS);

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
    void whatWasLeftBehindComesBelow() {
        KeptBranch branch = new KeptBranch(
                KeptBranch.Kind.OTHER_COPY,
                1,
                "fe4@3e7e47a4",
                new UUID(1, 2),
                2,
                new LogPosition(3, 40),
                new LogPosition(3, 42),
                3,
                2,
                5,
                false,
                "a file ends early",
                "fe4",
                "/data/branches/epoch-000001.jsonl");
        StoreStatus status = new StoreStatus(
                "c-1", "fe1", StoreState.SERVING, "", Revision.NONE, 0, MEMBERS, List.of(branch), List.of("the rest"));

        assertThat(status.toTable()).isEqualTo(STATUS.toTable() + """
                        left behind: OTHER_COPY of epoch 1 at fe4@3e7e47a4: entries (3, 40) to (3, 42), 3 entries, 2 transactions, 5 changes; \
                        epoch 2 went on without, recovery 00000000-0000-0001-0000-000000000002; where it begins is not known for certain; \
                        ends early: a file ends early; kept by fe4 in /data/branches/epoch-000001.jsonl
                        not known: the rest
                        """);
        assertThat(status.toWideTable()).startsWith(STATUS.toWideTable()).endsWith("not known: the rest\n");
        assertThat(status.toMap())
                .containsEntry("branches", List.of(branch.toMap()))
                .containsEntry("undecided", List.of("the rest"));
        assertThat(branch.toMap())
                .containsEntry("kind", "OTHER_COPY")
                .containsEntry("firstTerm", 3L)
                .containsEntry("last", 42L)
                .containsEntry("keeper", "fe4");
    }

    @Test
    void theWideTableTellsTheRest() {
        assertThat(wide(members().get(0)))
                .endsWith("  1.0.0    -            yes     3e7e47a4     0s       2026-11-02T03:04:05Z  -");
        assertThat(wide(members().get(1)))
                .endsWith("  1.0.0    -            no      -            -        -        refused: fe9 is taken");
        assertThat(STATUS.toWideTable().lines().findFirst().orElseThrow())
                .endsWith("VERSION  FINGERPRINT  JOINED  INCARNATION  LAGTIME  STARTED  ERROR");
    }

    @Test
    void theWideTableBeginsWithTheNarrowOne() {
        List<String> narrow = STATUS.toTable().lines().toList();
        List<String> wide = STATUS.toWideTable().lines().toList();
        assertThat(wide).hasSameSizeAs(narrow);
        for (int i = 0; i < wide.size(); i++) {
            assertThat(wide.get(i)).startsWith(narrow.get(i));
        }
    }

    @Test
    void aMemberThatIsNotInTheClusterShowsItInItsRole() {
        assertThat(table(members().get(1))).containsPattern("fe9 +JOINING +yes");
    }

    @Test
    void failureToleranceIsNeverBelowZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StoreStatus("c", "a", StoreState.SERVING, "", Revision.NONE, -1, List.of()))
                .withMessageContaining("failureTolerance=-1");
    }

    @Test
    void columnsStartWhereTheirHeadingsStart() {
        columnsAreAligned(STATUS.toTable());
    }

    @Test
    void columnsOfTheWideTableToo() {
        columnsAreAligned(STATUS.toWideTable());
    }

    private static void columnsAreAligned(String table) {
        String[] lines = table.split("\n", -1);
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
                "a",
                MemberStatus.Role.FOLLOWER,
                true,
                false,
                null,
                -1,
                -1,
                -1,
                null,
                -1,
                -1,
                null,
                -1,
                "a:1",
                "-",
                "",
                "",
                null,
                "");
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
        assertThat(map.keySet())
                .containsExactly(
                        "clusterId",
                        "member",
                        "state",
                        "reason",
                        "revision",
                        "failureTolerance",
                        "members",
                        "branches",
                        "undecided");
        assertThat(map)
                .containsEntry("state", "SERVING")
                .containsEntry("revision", 88190L)
                .containsEntry("failureTolerance", 0);
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
                .containsEntry("journalBytes", 14L << 20)
                .containsEntry("joined", true)
                .containsEntry("lagMillis", -1L)
                .containsEntry("incarnation", "")
                .containsEntry("startedMillis", -1L)
                .containsEntry("lastError", "");
    }

    @Test
    void theMapOfAMemberHasWhatTheWideTableShows() {
        assertThat(status(members().get(0)).toMap().get("members"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .first()
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("lagMillis", 250L)
                .containsEntry("incarnation", "3e7e47a4")
                .containsEntry("startedMillis", STARTED.toEpochMilli());
        assertThat(status(members().get(1)).toMap().get("members"))
                .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                .first()
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
                .containsEntry("joined", false)
                .containsEntry("lastError", "refused:\n  fe9 is taken");
    }

    private static String alive(Duration silent) {
        String line = table(member("a", MemberStatus.Role.FOLLOWER, silent, 1, 1, 0, 1, 1, ""))
                .split("\n", -1)[1];
        return line.split("  +", -1)[2];
    }

    private static String table(MemberStatus member) {
        return status(member).toTable();
    }

    private static String wide(MemberStatus member) {
        return status(member).toWideTable().lines().skip(1).findFirst().orElseThrow();
    }

    private static StoreStatus status(MemberStatus member) {
        return new StoreStatus("c", "a", StoreState.SERVING, "", Revision.NONE, 0, List.of(member));
    }

    /** One with everything known, and one that is not taken in. */
    private static List<MemberStatus> members() {
        return List.of(
                new MemberStatus(
                        "fe1",
                        MemberStatus.Role.LEADER,
                        true,
                        true,
                        Duration.ZERO,
                        7,
                        10,
                        0,
                        Duration.ofMillis(250),
                        9,
                        -1,
                        null,
                        1,
                        "fe1:1",
                        "1.0.0",
                        "",
                        "3e7e47a4",
                        STARTED,
                        ""),
                new MemberStatus(
                        "fe9",
                        MemberStatus.Role.JOINING,
                        false,
                        true,
                        Duration.ZERO,
                        -1,
                        -1,
                        -1,
                        null,
                        -1,
                        -1,
                        null,
                        -1,
                        "fe9:1",
                        "1.0.0",
                        "",
                        "",
                        null,
                        "refused:\n  fe9 is taken"));
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
                true,
                silent.isZero(),
                silent,
                term,
                applied,
                lag,
                null,
                revision,
                silent.isZero() ? 88_000 : -1,
                silent.isZero() ? Duration.ofSeconds(150) : null,
                journalBytes,
                "10.0.0.1:9010",
                "1.0.0",
                fingerprint,
                "",
                null,
                "");
    }
}
