package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.Cluster;
import io.metastore.api.MemberStatus;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.api.Operation;
import io.metastore.api.OperationState;
import io.metastore.api.PendingOperation;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;

/** What tests of the membership ask and look at. */
final class Verbs {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Verbs() {}

    static void load(TestMember member, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            member.table(NOTES).put(prefix + i, "value " + i);
        }
    }

    static void awaitDone(TestMember asked, String target) {
        Awaitility.await("operations about " + target)
                .atMost(PATIENCE)
                .until(() -> asked.store().cluster().operations().stream()
                        .filter(operation -> operation.target().equals(target))
                        .findFirst()
                        .filter(Operation::isOver)
                        .isPresent());
        Operation last = asked.store().cluster().operations().stream()
                .filter(operation -> operation.target().equals(target))
                .findFirst()
                .orElseThrow();
        assertThat(last.state()).as(last.toString()).isEqualTo(OperationState.DONE);
    }

    static List<String> voters(TestMember asked) {
        return asked.store().cluster().members().stream()
                .filter(MemberStatus::joined)
                .filter(member ->
                        member.role() == MemberStatus.Role.LEADER || member.role() == MemberStatus.Role.FOLLOWER)
                .map(MemberStatus::name)
                .sorted()
                .toList();
    }

    /** A member has a vote once a majority says so; it may hear of that, or begin its new part, a moment later. */
    static void awaitVoters(TestMember asked, String... names) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(voters(asked))
                .containsExactly(names));
    }

    static MemberStatus row(TestMember asked, String name) {
        return asked.store().cluster().members().stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(MembershipRefusedException.class, e -> assertThat(e.reason())
                .as(e.getMessage())
                .isEqualTo(reason));
    }

    static void awaitFinding(TestMember member, String code, boolean there) {
        Awaitility.await(code + " at " + member.name() + ": " + there)
                .atMost(PATIENCE)
                .until(() -> member.store().health().findings().stream()
                                .anyMatch(finding -> finding.code().equals(code))
                        == there);
    }

    /** As soon as the others have noticed that the old incarnation does not answer. */
    static PendingOperation awaitReplace(TestCluster cluster, String name) {
        Cluster asked = cluster.leader().store().cluster();
        return Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(
                        e -> e instanceof MembershipRefusedException refusal && refusal.reason() == Reason.MEMBER_ALIVE)
                .until(() -> asked.replace(name), operation -> operation != null);
    }
}
