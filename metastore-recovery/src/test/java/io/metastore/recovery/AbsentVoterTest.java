package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Codecs;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.TableDef;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.snapshot.files.Trees;
import io.metastore.test.MetaStoreTest;
import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The directory of one of three is all that is surveyed. The two others are a cluster that lacks nothing, as long as they run. */
class AbsentVoterTest {
    private static final TableDef<String, String> NOTES = TableDef.of("notes", Codecs.utf8(), Codecs.utf8());

    @Test
    void nobodyIsRecoveredBesideVotersThatRunAndWereNotSurveyed() throws IOException {
        try (TestCluster cluster =
                TestCluster.builder().voters(3).links(MetaStoreTest.Links.GRPC).start()) {
            cluster.awaitApplied(cluster.leader().table(NOTES).put("a", "1"));
            TestMember stopped = cluster.anyFollower().stop();
            List<TestMember> others = cluster.running();
            Map<String, Integer> before = Trees.photo(stopped.directory());
            Survey survey = Recovery.of(Source.directory(stopped.directory())).survey();

            refused(survey::plan, others);

            others.forEach(TestMember::kill);
            RecoveryPlan plan = survey.plan();
            assertThat(plan.elsewhere().absent())
                    .extracting(RecoveryPlan.Absent::address)
                    .containsExactlyInAnyOrderElementsOf(
                            others.stream().map(TestMember::address).toList());
            assertThat(plan.steps()).anyMatch(step -> others.stream().allMatch(each -> step.contains(each.address())));
            others.forEach(TestMember::restart);
            refused(() -> plan.apply(Consent.to(plan)), others);
            refused(() -> plan.intend(Consent.to(plan)), others);
            assertThat(Trees.photo(stopped.directory())).isEqualTo(before);
            cluster.leader().table(NOTES).put("b", "2");
            others.forEach(TestMember::kill);

            withAStranger(survey, others.get(0), plan);

            plan.apply(Consent.to(plan));
            stopped.restart();
            assertThat(cluster.leader().table(NOTES).put("c", "3").epoch()).isEqualTo(2);
        }
    }

    /** Something else has the address of one of them: whoever knows that says so, and is not asked again. */
    private static void withAStranger(Survey survey, TestMember former, RecoveryPlan plan) throws IOException {
        int colon = former.address().lastIndexOf(':');
        int port = Integer.parseInt(former.address().substring(colon + 1));
        try (ServerSocket socket = new ServerSocket(
                port, 50, InetAddress.getByName(former.address().substring(0, colon)))) {
            Thread greeting = new Thread(() -> greet(socket), "stranger");
            greeting.start();
            refused(survey::plan, List.of(former));
            RecoveryPlan said = survey.plan(PlanOptions.DEFAULT.stranger(former.address()));
            assertThat(said.elsewhere().nobodyAt())
                    .doesNotContain(former.address())
                    .hasSize(1);
            assertThat(said.missing()).isEqualTo(plan.missing()).hasSize(2);
            assertThat(said.digest()).as("consent is to that too").isNotEqualTo(plan.digest());
        }
        // A thread that waits for connections keeps the port for a moment after it was closed.
        Awaitility.await()
                .until(() -> RemoteMember.occupied(List.of(former.address())).isEmpty());
    }

    private static void greet(ServerSocket socket) {
        try {
            while (true) {
                try (var connection = socket.accept()) {
                    connection
                            .getOutputStream()
                            .write("220 mail\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void refused(ThrowingCallable call, List<TestMember> there) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(RecoveryRefusedException.class, e -> assertThat(e.reason())
                        .isEqualTo(Reason.MEMBER_ANSWERS))
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("there is nothing to recover")
                .satisfies(e -> there.forEach(each ->
                        assertThat(e).hasMessageContaining(each.name() + "@").hasMessageContaining(each.address())));
    }
}
