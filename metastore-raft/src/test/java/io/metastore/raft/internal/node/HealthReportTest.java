package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Health;
import io.metastore.api.MemberAddress;
import io.metastore.api.StoreState;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.node.FingerprintMarks.Mark;
import io.metastore.snapshot.files.ClusterIds;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.Expectation;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.Membership;
import io.metastore.snapshot.state.CommandRuntime;
import io.metastore.snapshot.state.MetaState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What health tells of a member that is told everything by this test: engine, condition, and what it heard of the others. */
class HealthReportTest {

    private static final Duration LONG = Duration.ofDays(1);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final AtomicBoolean paused = new AtomicBoolean();
    private final FingerprintMarks marks = new FingerprintMarks();
    private final Divergence divergence = new Divergence(marks);
    private Path path;
    private MemberDirectory directory;
    private MetaState state;
    private Hearsay hearsay;

    @BeforeEach
    void open(@TempDir Path temporary) {
        path = temporary;
        state = MetaState.open(temporary.resolve("state"), MetaState.Options.defaults("fe1"), CommandRuntime.NONE);
        engine.commit = -1;
    }

    @AfterEach
    void close() {
        state.close();
        directory.close();
    }

    private Members members(int voters) {
        List<MemberAddress> listed = IntStream.rangeClosed(1, voters)
                .mapToObj(i -> MemberAddress.voter("fe" + i, "10.0.0." + i + ":9010"))
                .toList();
        Identity identity = Identity.member(
                ClusterIds.clusterIdOf(listed, ClusterIds.NO_TOKEN), ClusterIds.NO_TOKEN, Instant.EPOCH, listed.get(0));
        directory = MemberDirectory.open(
                new DiskFileLayer(),
                path.resolve("fe1"),
                Expectation.bootstrap(listed.get(0), listed, ClusterIds.NO_TOKEN));
        Membership membership = Membership.bootstrap(listed, identity);
        directory.initialize(identity, membership);
        Members members = new Members(new Peers("fe1", membership.members()), null);
        members.engine(engine);
        return members;
    }

    private HealthReport report(int voters, Condition condition) {
        Members members = members(voters);
        hearsay = new Hearsay(members, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        HealthReport report =
                new HealthReport(members, state, condition, hearsay, divergence, new Recollection(members, directory));
        report.onPause(paused::get);
        return report;
    }

    private static Condition serving() {
        Condition condition = new Condition("fe1", LONG);
        condition.leader("fe2", 3);
        return condition;
    }

    private static List<String> codes(Health health) {
        return health.findings().stream().map(Health.Finding::code).toList();
    }

    private static Health.Finding only(Health health) {
        assertThat(health.findings()).hasSize(1);
        return health.findings().get(0);
    }

    @Test
    void nothingIsWrongWithAMemberThatServes() {
        assertThat(report(3, serving()).health()).isEqualTo(new Health(true, true, List.of()));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SERVING"})
    void whatAMemberCannotDoComesFirstWithItsReasonAndARemedy(StoreState wanted) {
        Condition condition = new Condition("fe1", wanted == StoreState.NO_QUORUM ? Duration.ZERO : LONG);
        switch (wanted) {
            case FORMING -> condition.forming("waits for fe2");
            case JOINING -> condition.joining("asked fe2");
            case READ_ONLY -> condition.readOnly("because");
            case RECOVERING -> condition.recovering("because");
            case HALTED, FAILED, REMOVED, SUPERSEDED -> condition.failed(wanted, "because");
            case CLOSED -> condition.closed();
            case STARTING, NO_QUORUM, SERVING -> {}
        }
        Health health = report(3, condition).health();
        boolean over = List.of(
                        StoreState.HALTED,
                        StoreState.FAILED,
                        StoreState.REMOVED,
                        StoreState.RECOVERING,
                        StoreState.SUPERSEDED,
                        StoreState.CLOSED)
                .contains(wanted);
        assertThat(health.live()).isEqualTo(!over);
        assertThat(health.ready()).isFalse();
        Health.Finding first = health.findings().get(0);
        assertThat(first.code()).isEqualTo(wanted.name());
        assertThat(withoutMillis(first.text()))
                .isEqualTo(withoutMillis(condition.reason()))
                .isNotBlank();
        assertThat(first.remedy().isBlank()).isEqualTo(wanted == StoreState.CLOSED);
    }

    private static String withoutMillis(String text) {
        return text.replaceAll("Millis=[0-9]+", "Millis=");
    }

    @Test
    void aMomentWithoutALeaderIsToldAndNotReady() {
        Condition condition = serving();
        condition.leader(null, 3);
        Health health = report(3, condition).health();
        assertThat(health.live()).isTrue();
        assertThat(health.ready()).isFalse();
        assertThat(only(health).code()).isEqualTo("NO_LEADER");
    }

    @ParameterizedTest
    @CsvSource({"1, ''", "2, EVEN_VOTERS NEXT_LOSS", "3, ''", "4, EVEN_VOTERS", "5, ''", "6, EVEN_VOTERS"})
    void anEvenNumberOfVotersIsAWarning(int voters, String expected) {
        Health health = report(voters, serving()).health();
        assertThat(String.join(" ", codes(health))).isEqualTo(expected);
        assertThat(health.ready()).isTrue();
        if (voters == 4) {
            assertThat(only(health).text()).isEqualTo("4 voters tolerate the loss of 1, as 3 would");
            assertThat(only(health).remedy()).contains("add a voter");
        }
    }

    @Test
    void pausedElectionsAreToldWithWhatThatMeansNow() {
        paused.set(true);
        Condition condition = serving();
        HealthReport report = report(3, condition);
        assertThat(only(report.health()).code()).isEqualTo("ELECTIONS_PAUSED");
        assertThat(only(report.health()).text()).contains("nobody takes over").contains("leader=fe2");
        assertThat(report.health().ready()).isTrue();
        condition.leader(null, 3);
        assertThat(report.health().findings()).anySatisfy(finding -> {
            assertThat(finding.code()).isEqualTo("ELECTIONS_PAUSED");
            assertThat(finding.text()).contains("nobody leads");
            assertThat(finding.remedy()).contains("resume()");
        });
        condition.failed(StoreState.FAILED, "because");
        assertThat(codes(report.health())).containsExactly("FAILED");
    }

    @ParameterizedTest
    @CsvSource({"9999, false", "10000, true"})
    void aStateFarBehindTheJournalIsTold(long committed, boolean told) {
        engine.commit = committed; // Nothing is applied, which is index -1.
        Health health = report(3, serving()).health();
        assertThat(codes(health)).isEqualTo(told ? List.of("APPLY_BEHIND") : List.of());
        if (told) {
            assertThat(only(health).text()).contains("10001 committed entries").contains("committed=10000");
        }
    }

    @Test
    void aStateThatIsNotFlushedIsToldUntilItIs() {
        HealthReport report = report(3, serving());
        report.flushed("No space left on device");
        assertThat(only(report.health()).code()).isEqualTo("STATE_NOT_FLUSHED");
        assertThat(only(report.health()).text()).contains("No space left on device");
        report.flushed("");
        assertThat(report.health().findings()).isEmpty();
    }

    /** Incident I56. */
    @ParameterizedTest
    @CsvSource({"0, false", "5000, false", "-5000, false", "5001, true", "-11000, true", "31536000000, true"})
    void aClockThatIsWrongIsTold(long aheadMillis, boolean told) {
        HealthReport report = report(3, serving());
        hearsay.note("fe2", MemberFacts.of().with(Hearsay.CLOCK, aheadMillis));
        hearsay.note("fe3", MemberFacts.of()); // Of an earlier build.
        assertThat(codes(report.health())).isEqualTo(told ? List.of("CLOCK_DIFFERS") : List.of());
        assertThat(report.health().ready()).isTrue();
        if (told) {
            assertThat(only(report.health()).text())
                    .contains("member=fe2")
                    .endsWith("secondsAhead=" + Duration.ofMillis(aheadMillis).toSeconds());
        }
    }

    @Test
    void statesThatDifferAreToldByWhoIsRight() {
        String mine = "a".repeat(32);
        String theirs = "b".repeat(32);
        marks.add(1000, mine);
        divergence.heard("fe2", new Mark(1000, theirs), 3);
        HealthReport report = report(3, serving());
        assertThat(only(report.health()).code()).isEqualTo("STATES_DIFFER");
        assertThat(only(report.health()).text())
                .contains("member=fe2")
                .contains(mine)
                .contains(theirs);
        divergence.heard("fe3", new Mark(1000, mine), 3);
        divergence.heard("fe2", new Mark(1000, theirs), 3);
        assertThat(only(report.health()).code()).isEqualTo("MEMBER_DIVERGED");
        assertThat(only(report.health()).text()).contains("member=fe2");
    }
}
