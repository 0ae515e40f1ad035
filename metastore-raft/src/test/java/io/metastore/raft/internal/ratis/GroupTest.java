package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupTest {
    @Test
    void threeMembersApplyTheSame(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                expected.add("e" + i);
                assertThat(leader.put("e" + i)).isEqualTo("applied e" + i);
            }
            for (TestMember member : group.members()) {
                await().untilAsserted(
                                () -> assertThat(member.consumer.applied()).isEqualTo(expected));
            }
        }
    }

    @Test
    void manySubmissionsAtOnceKeepTheirOrderAndReplies(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            List<CompletableFuture<String>> replies = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                replies.add(leader.submit("e" + i));
            }
            for (int i = 0; i < replies.size(); i++) {
                assertThat(replies.get(i).get(20, TimeUnit.SECONDS)).isEqualTo("applied e" + i);
            }
            for (TestMember member : group.members()) {
                await().untilAsserted(
                                () -> assertThat(member.consumer.applied()).isEqualTo(leader.consumer.applied()));
            }
        }
    }

    @Test
    void anotherLeadsWhenTheLeaderIsLostAndTheOldOneCatchesUp(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember old = group.awaitLeader();
            old.put("before");
            // when
            old.abandon();
            TestMember successor = group.awaitLeader(old.name);
            successor.put("after");
            TestMember restarted = group.start(old.name);
            // then
            await().untilAsserted(() -> assertThat(restarted.consumer.applied()).containsExactly("before", "after"));
        }
    }

    @Test
    void aLeaderThatIsCutOffKnowsNoOutcomeAndFollowsAfterTheLinkHeals(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember old = group.awaitLeader();
            old.put("before");
            // when
            group.links.cutOff(old.name);
            CompletableFuture<String> pending = old.submit("lost");
            TestMember successor = group.awaitLeader(old.name);
            successor.put("after");
            // then
            assertThat(kindOf(pending)).isEqualTo(EngineException.Kind.OUTCOME_UNKNOWN);
            await().untilAsserted(() -> assertThat(old.consumer.leaders.get(old.consumer.leaders.size() - 1))
                    .startsWith("null@"));
            // when
            group.links.heal();
            // then
            await().untilAsserted(() -> assertThat(old.consumer.applied()).containsExactly("before", "after"));
            assertThat(old.consumer.leaders.get(old.consumer.leaders.size() - 1))
                    .startsWith(successor.name + "@");
        }
    }

    /** It has heard nothing of the leader that was lost, and there is no majority without its vote. */
    @Test
    void aMemberThatIsNewHasAVoteLikeAllOthers(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c")) {
            // given
            group.start("a");
            group.start("b");
            TestMember old = group.awaitLeader();
            assertThat(old.put("before")).isEqualTo("applied before");
            TestMember other = group.another(old);
            await().until(() -> other.consumer.applied().contains("before"));
            old.abandon();
            // when
            TestMember fresh = group.start("c");
            // then
            assertThat(group.awaitLeader(old.name)).isSameAs(other);
            assertThat(other.put("after")).isEqualTo("applied after");
            await().untilAsserted(() -> assertThat(fresh.consumer.applied()).containsExactly("before", "after"));
        }
    }

    /** Others may rely on what it had. */
    @Test
    void aMemberThatLostItsEntriesElectsNobodyWhoHasSome(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember old = group.awaitLeader();
            old.put("before");
            for (TestMember member : group.members()) {
                await().until(() -> member.consumer.applied().contains("before"));
            }
            TestMember lost = group.another(old);
            TestMember other = group.another(old, lost);
            lost.close();
            for (SegmentFiles.Segment segment :
                    group.journal(lost.name).segments().list()) {
                Files.delete(segment.path());
            }
            group.links.cutOff(old.name);
            // when
            group.start(lost.name);
            // then
            await().until(() -> group.links.voteRequests(other.name, lost.name) > 3);
            await().during(Duration.ofSeconds(1))
                    .until(() -> !other.engine.leaderReady()
                            && !group.member(lost.name).engine.leaderReady());
            // when
            group.links.heal();
            // then
            assertThat(group.awaitLeader(lost.name).put("after")).isEqualTo("applied after");
        }
    }

    @Test
    void aFollowerThatIsBackIsServedPromptly(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            TestMember follower = group.follower();
            follower.close();
            leader.put("meanwhile");
            // when
            TestMember restarted = group.start(follower.name);
            // then: sooner than the shortest election timeout
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> restarted.consumer.applied().contains("meanwhile"));
            assertThat(leader.engine.leaderReady()).isTrue();
        }
    }

    @Test
    void aFollowerRefusesAndNamesTheLeader(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            leader.put("x");
            TestMember follower = group.follower();
            await().until(() -> !follower.consumer.applied().isEmpty());
            EngineException refusal = failureOf(follower.submit("y"));
            assertThat(refusal.kind()).isEqualTo(EngineException.Kind.NOT_LEADER);
            assertThat(refusal.leaderHint()).isEqualTo(leader.name);
        }
    }

    @Test
    void anObserverAppliesAndNeverLeads(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b").withObserver("o").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            TestMember observer = group.member("o");
            leader.put("x");
            await().untilAsserted(() -> assertThat(observer.consumer.applied()).containsExactly("x"));
            assertThat(observer.engine.status().role()).isEqualTo(EngineStatus.Role.OBSERVER);
            // when: one of two voters is left
            leader.abandon();
            TestMember other = group.member(leader.name.equals("a") ? "b" : "a");
            // then: the observer's vote does not count
            await().during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(4))
                    .until(() -> !other.engine.leaderReady()
                            && observer.engine.status().role() == EngineStatus.Role.OBSERVER);
        }
    }

    @Test
    void leadershipIsGivenToTheMemberNamed(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            leader.put("x");
            TestMember next = group.follower();
            leader.engine.transferLeadership(next.name, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            await().until(next.engine::leaderReady);
            assertThat(next.put("y")).isEqualTo("applied y");
            next.engine.transferLeadership(null, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            assertThat(group.awaitLeader(next.name).put("z")).isEqualTo("applied z");
        }
    }

    @Test
    void aHeartbeatOnDemandTellsTheCommitIndex(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            TestMember follower = group.follower();
            for (int i = 0; i < 20; i++) {
                leader.put("e" + i);
                long committed = leader.engine.commitIndex();
                leader.engine.heartbeatNow();
                await().pollInterval(Duration.ofMillis(1)).until(() -> follower.engine.commitIndex() >= committed);
            }
        }
    }

    private static EngineException.Kind kindOf(CompletableFuture<String> pending) {
        return failureOf(pending).kind();
    }

    private static EngineException failureOf(CompletableFuture<String> pending) {
        try {
            throw new AssertionError("was acknowledged: " + pending.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException failure) {
                return failure;
            }
            throw new AssertionError("unexpected failure", e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }
}
