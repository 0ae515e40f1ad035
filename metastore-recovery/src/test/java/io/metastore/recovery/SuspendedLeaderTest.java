package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Fate;
import io.metastore.api.LogPosition;
import io.metastore.api.MetaStore;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.Revision;
import io.metastore.api.StoreState;
import io.metastore.raft.MemberProbe;
import io.metastore.recovery.survey.Finding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The leader is a process of its own. It is surveyed over the network, suspended by SIGSTOP with a write in its journal that nobody else has, and goes on after the
 * others were recovered.
 */
class SuspendedLeaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path temporary;

    private final List<String> addresses = new ArrayList<>();

    private Path directory(int number) {
        return temporary.resolve("fe" + number);
    }

    private MetaStore open(int number) {
        return MemberProcess.open(directory(number), "fe" + number, addresses);
    }

    private Source.Member leader(Duration within) {
        return Source.member(addresses.get(0), Access.with(MemberProcess.TOKEN).within(within))
                .labelled("fe1");
    }

    @Test
    void processThatGoesOnAfterTheOthersWereRecoveredAcknowledgesNothing() throws Exception {
        for (int i = 0; i < 3; i++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                addresses.add("127.0.0.1:" + socket.getLocalPort());
            }
        }
        MetaStore two = null;
        MetaStore three = null;
        try (MemberProcess leader = MemberProcess.start(temporary, "fe1", addresses)) {
            two = open(2);
            three = open(3);
            Revision before =
                    two.withTimeout(PATIENCE).table(MemberProcess.NOTES).put("before", "1");
            if (!leads(two)) {
                two.cluster().transferLeadership("fe1").await(PATIENCE);
            }
            MetaStore asked = two;
            Awaitility.await().atMost(PATIENCE).until(() -> leads(asked));
            surveyedOverTheNetwork(before);

            MemberProbe.kill(two);
            MemberProbe.kill(three);
            LogPosition last = lastOf(1);
            leader.say("put late 1");
            Awaitility.await().atMost(PATIENCE).until(() -> lastOf(1).compareTo(last) > 0);
            leader.signal("STOP");
            Awaitility.await().atMost(PATIENCE).until(() -> leader.state() == 'T');
            two = recovered();
            Revision after =
                    two.withTimeout(PATIENCE).table(MemberProcess.NOTES).put("after", "2");
            assertThat(after.epoch()).isEqualTo(2);

            leader.signal("CONT");

            leader.say("get after");
            assertThat(leader.answer("after")).as("a linearizable read").startsWith("failed");
            assertThat(leader.answer("late")).startsWith("failed");
            Awaitility.await().atMost(PATIENCE).until(() -> {
                leader.say("state");
                return leader.answer("state").equals(StoreState.SUPERSEDED.toString());
            });
            assertThat(two.table(MemberProcess.NOTES).get("late")).isEmpty();
            assertThat(two.cluster().fateOf(before).kind()).isEqualTo(Fate.Kind.KEPT);
            assertThat(two.status().state()).isEqualTo(StoreState.SERVING);
        } finally {
            close(two);
            close(three);
        }
    }

    private static boolean leads(MetaStore asked) {
        return asked.status()
                .leader()
                .filter(member -> member.name().equals("fe1"))
                .isPresent();
    }

    private static void close(MetaStore store) {
        if (store != null) {
            MemberProbe.close(store);
        }
    }

    /** Its process says what its directory says, and that it leads. */
    private void surveyedOverTheNetwork(Revision written) {
        Survey survey = Recovery.of(
                        leader(PATIENCE), Source.directory(directory(1)).labelled("its disk"))
                .survey();
        SurveyedCopy said = survey.copies().get(0);
        SurveyedCopy there = survey.copies().get(1);
        assertThat(said.findings()).isEmpty();
        assertThat(said.identity()).isEqualTo(there.identity());
        assertThat(said.journal().terms()).isEqualTo(there.journal().terms());
        assertThat(said.last()).isGreaterThanOrEqualTo(written.position());
        refused(Reason.QUORUM_ALIVE, () -> Recovery.of(leader(PATIENCE), Source.directory(directory(2)))
                .survey()
                .plan());
    }

    private LogPosition lastOf(int number) {
        return Recovery.of(Source.directory(directory(number)))
                .survey()
                .copies()
                .get(0)
                .journal()
                .last();
    }

    /** Connections are taken by the kernel for a process that is suspended, and nobody says a word: it is not gone, until somebody says so. */
    private MetaStore recovered() throws IOException {
        Survey survey = Recovery.of(
                        leader(Duration.ofMillis(700)),
                        Source.directory(directory(2)).labelled("fe2"),
                        Source.directory(directory(3)).labelled("fe3"))
                .survey();
        assertThat(survey.copies().get(0).findings()).extracting(Finding::kind).containsExactly(Finding.Kind.SILENT);
        refused(Reason.SOURCE_SILENT, survey::plan);
        RecoveryPlan plan = survey.plan(PlanOptions.DEFAULT.skip("fe1"));
        assertThat(plan.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
        plan.apply(Consent.to(plan));
        int survivor = plan.target().directory().equals(directory(2).toRealPath()) ? 2 : 3;
        return open(survivor);
    }

    private static void refused(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                .as(e.getMessage())
                .isEqualTo(reason));
    }
}
