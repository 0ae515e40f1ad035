package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Health;
import io.metastore.api.MemberStatus;
import io.metastore.api.MetaStore;
import io.metastore.api.MetastoreException;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.raft.MemberProbe;
import io.metastore.raft.SimulatedNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowingConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member tells about itself and the others. */
class StatusTest {

    @Test
    void aSingleMemberTellsEverythingInOneRow(@TempDir Path directory) {
        try (MetaStore store = MetaStore.open(directory.resolve("m"))) {
            Revision revision = store.table(NOTES).put("k", "v");
            StoreStatus status = store.status();
            assertThat(status.state()).isEqualTo(StoreState.SERVING);
            assertThat(status.reason()).isEmpty();
            assertThat(status.revision()).isEqualTo(revision);
            assertThat(status.member()).isEqualTo("single");
            MemberStatus row = status.members().get(0);
            assertThat(row.role()).isEqualTo(MemberStatus.Role.LEADER);
            assertThat(row.alive()).isTrue();
            assertThat(row.applied()).isEqualTo(revision.position().index());
            assertThat(row.revision()).isEqualTo(revision.number());
            assertThat(row.lag()).isZero();
            assertThat(row.journalBytes()).isPositive();
            assertThat(row.fingerprint()).isEqualTo(MemberProbe.of(store).fingerprint());
            assertThat(store.health()).isEqualTo(new Health(true, true, List.of()));
        }
    }

    @Test
    void theTableHasAHeadingAndAlignedColumns() {
        try (TestCluster cluster = TestCluster.builder().voters(3).observers(1).start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("k", "v"));
            List<String> lines =
                    cluster.anyFollower().store().status().toTable().lines().toList();
            assertThat(lines).hasSize(5);
            assertThat(lines.get(0)).matches("NAME +ROLE +ALIVE +TERM +APPLIED +LAG +REVISION .*ADDRESS +VERSION.*");
            for (String heading : List.of("ROLE", "ALIVE", "TERM", "APPLIED", "ADDRESS")) {
                int column = lines.get(0).indexOf(heading);
                assertThat(lines).allSatisfy(line -> assertThat(line.substring(column - 2, column + 1))
                        .as("column %s of '%s'", heading, line)
                        .matches("  \\S"));
            }
            assertThat(lines.subList(1, 5))
                    .extracting(line -> line.split(" +", 3)[0])
                    .as("voters first, then by name")
                    .containsExactly("fe1", "fe2", "fe3", "fe4");
            assertThat(lines.get(4)).contains("OBSERVER");
            assertThat(lines).filteredOn(line -> line.contains("LEADER")).hasSize(1);
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void theMapHasPlainValuesInAFixedOrder(@TempDir Path directory) {
        try (MetaStore store = MetaStore.open(directory.resolve("m"))) {
            store.table(NOTES).put("k", "v");
            Map<String, Object> map = store.status().toMap();
            assertThat(map.keySet())
                    .as("whatever there is to tell; StatusTableTest of metastore-api names them")
                    .containsExactlyElementsOf(
                            new StoreStatus("", "m", StoreState.CLOSED, "", Revision.NONE, 0, List.of())
                                    .toMap()
                                    .keySet());
            assertThat(map).containsEntry("state", "SERVING").containsEntry("revision", 2L);
            Map<?, ?> row = ((List<Map<?, ?>>) Objects.requireNonNull(map.get("members"))).get(0);
            assertThat(row.keySet().stream().map(Object::toString))
                    .containsExactly(
                            "name",
                            "role",
                            "joined",
                            "alive",
                            "silentMillis",
                            "term",
                            "applied",
                            "lag",
                            "lagMillis",
                            "revision",
                            "image",
                            "imageAgeMillis",
                            "journalBytes",
                            "address",
                            "version",
                            "fingerprint",
                            "incarnation",
                            "startedMillis",
                            "lastError");
            assertThat(row.values())
                    .allMatch(value -> value instanceof String || value instanceof Number || value instanceof Boolean);
        }
    }

    @Test
    void aMemberThatWaitsForTheOthersSaysForWhomAndDoesNotPretendToWork(@TempDir Path temporary) {
        try (MetaStore store = MetaStore.builder(temporary.resolve("fe1"))
                .member("fe1", "fe1:9010")
                .bootstrap("fe1=fe1:9010", "fe2=fe2:9010", "fe3=fe3:9010")
                .with(new SimulatedNetwork(1))
                .open()) {
            // then
            StoreStatus status = store.status();
            assertThat(status.state()).isEqualTo(StoreState.FORMING);
            assertThat(status.reason()).contains("fe2").contains("fe3");
            assertThat(status.members()).extracting(MemberStatus::alive).containsExactly(true, false, false);
            assertThat(status.toTable()).contains("no, never");
            Health health = store.health();
            assertThat(health.live()).isTrue();
            assertThat(health.ready()).isFalse();
            assertThat(health.findings().get(0).code()).isEqualTo("FORMING");
            assertThat(health.findings().get(0).remedy()).contains("bootstrap");
            MetaStore impatient = store.withTimeout(Duration.ofMillis(100));
            assertThatThrownBy(() -> impatient.table(NOTES))
                    .isInstanceOf(MetastoreException.class)
                    .hasMessageContaining("fe1");
            assertThatThrownBy(() -> impatient.update(tx -> {}))
                    .isInstanceOf(MetastoreException.class)
                    .hasMessageContaining("forming");
            long nothing = impatient.<Long>read(
                    ReadMode.local(), snapshot -> snapshot.in(NOTES).count(io.metastore.api.Range.all()));
            assertThat(nothing).isZero();
        }
    }

    @Test
    void aDeadMemberIsShownWithWhatWasLastKnownAndForHowLongItHasBeenSilent() {
        try (TestCluster cluster = TestCluster.start(3)) {
            // given
            cluster.awaitApplied(cluster.leader().table(NOTES).put("k", "v"));
            MetaStore leader = cluster.leader().store();
            TestMember dead = cluster.anyFollower();
            leader.status();
            // when
            dead.kill();
            // then
            MemberStatus row = row(leader.status(), dead);
            assertThat(row.alive()).isFalse();
            assertThat(row.role()).isEqualTo(MemberStatus.Role.VOTER);
            assertThat(row.revision()).as("last known").isEqualTo(2);
            assertThat(row.silent()).isNotNull();
            assertThat(leader.status().toTable()).contains("no, 0s");
            assertThat(leader.status().state()).isEqualTo(StoreState.SERVING);
            assertThat(leader.health().ready()).isTrue();
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            leader.health().findings())
                    .extracting(Health.Finding::code)
                    .contains("MEMBER_SILENT"));
            assertThat(leader.health().findings().get(0).text()).contains(dead.name());
            // and when
            dead.restart();
            // then
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(row(leader.status(), dead).alive()).isTrue();
                assertThat(leader.health().findings()).isEmpty();
            });
        }
    }

    @Test
    void everyMemberTellsWhenEachWasStarted() {
        Instant before = Instant.now();
        try (TestCluster cluster = TestCluster.start(3)) {
            Instant after = Instant.now();
            awaitRows(cluster, row -> assertThat(row.started()).isBetween(before, after));
            TestMember restarted = cluster.anyFollower().stop();
            Instant again = Instant.now();
            restarted.restart();
            awaitRows(cluster, row -> {
                if (row.name().equals(restarted.name())) {
                    assertThat(row.started()).isBetween(again, Instant.now());
                } else {
                    assertThat(row.started()).isBetween(before, after);
                }
            });
        }
    }

    /** What every member tells of every member that answers. */
    private static void awaitRows(TestCluster cluster, ThrowingConsumer<MemberStatus> check) {
        for (TestMember asked : cluster.running()) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            asked.store().status().members())
                    .filteredOn(MemberStatus::alive)
                    .hasSize(cluster.running().size())
                    .allSatisfy(check));
        }
    }

    @Test
    void howOldTheStateOfAMemberIsThatFallsBehindIsTold() {
        try (TestCluster cluster = TestCluster.builder().voters(3).observers(1).start()) {
            // given
            cluster.awaitApplied(cluster.leader().table(NOTES).put("k", "1"));
            MetaStore leader = cluster.leader().store();
            TestMember behind = cluster.observers().get(0);
            // It looks once a second how much it has applied.
            Instant looked = Objects.requireNonNull(
                            row(leader.status(), cluster.leader()).started())
                    .plusSeconds(2);
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(row(leader.status(), behind).lagTime()).isEqualTo(Duration.ZERO);
                assertThat(row(leader.status(), behind).lag()).isZero();
                assertThat(Instant.now()).isAfter(looked);
            });
            // when
            behind.isolate();
            leader.table(NOTES).put("k", "2");
            // then
            MemberStatus first = row(leader.status(), behind);
            assertThat(first.lag()).isPositive();
            assertThat(first.lagTime()).isNotNull();
            Duration grown = Objects.requireNonNull(first.lagTime()).plusSeconds(1);
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            row(leader.status(), behind).lagTime())
                    .isGreaterThan(grown));
            // and when
            behind.rejoin();
            // then
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                MemberStatus row = row(leader.status(), behind);
                assertThat(row.lag()).isZero();
                assertThat(row.lagTime()).isEqualTo(Duration.ZERO);
            });
        }
    }

    @Test
    void whatIsWrongAtAMemberIsToldByAllThatReachIt() {
        try (TestCluster cluster = TestCluster.builder().voters(3).observers(1).start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("k", "v"));
            awaitRows(cluster, row -> assertThat(row.lastError()).isEmpty());
            cluster.leader().kill();
            cluster.leader().kill(); // No quorum is left.
            awaitRows(cluster, row -> assertThat(row.lastError()).contains("no leader: member=" + row.name()));
        }
    }

    private static MemberStatus row(StoreStatus status, TestMember member) {
        return status.members().stream()
                .filter(row -> row.name().equals(member.name()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMemberWithoutAQuorumNamesItAndComesBackByItself() {
        try (TestCluster cluster = TestCluster.start(3)) {
            TestMember left = cluster.leader();
            left.table(NOTES).put("k", "v");
            left.isolate();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> left.store().status().state() == StoreState.NO_QUORUM);
            Health.Finding finding = left.store().health().findings().get(0);
            assertThat(finding.code()).isEqualTo("NO_QUORUM");
            assertThat(finding.text()).contains(left.name());
            assertThat(finding.remedy()).isNotBlank();
            left.rejoin();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> left.store().status().state() == StoreState.SERVING
                            && left.store().health().ready());
        }
    }
}
