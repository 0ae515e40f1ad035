package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.raft.internal.engine.EngineStatus.Role;
import io.metastore.raft.internal.engine.FollowerProgress;
import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeMembersTest {
    private static final String A = "a@00000001";
    private static final String B = "b@00000001";
    private static final String B2 = "b@00000002";
    private static final String C = "c@00000001";

    @Test
    void growsToThreeAndShrinksToOneUnderSubmissions(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll();
                Submissions submissions = new Submissions(group.awaitLeader())) {
            TestMember a = group.member(A);
            TestMember b = group.startJoiner(B);
            TestMember c = group.startJoiner(C);
            // when
            assertThat(a.become(A, B).members()).isEqualTo(TestMember.members(A, B));
            submissions.awaitMore();
            GroupConfiguration three = a.become(A, B, C);
            submissions.awaitMore();
            // then
            assertThat(three.members()).isEqualTo(TestMember.members(A, B, C));
            assertThat(three.stable()).isTrue();
            assertThat(a.engine.configuration()).isEqualTo(three);
            for (TestMember member : group.members()) {
                await().until(() -> member.consumer.configurations.contains(three));
                assertThat(member.consumer.applyThreads).hasSize(1);
            }
            await().until(() -> b.engine.status().role() == Role.FOLLOWER
                    && c.engine.status().role() == Role.FOLLOWER);
            assertThat(b.engine.status().leader()).isEqualTo("a");
            // when
            a.become(A, B);
            submissions.awaitMore();
            a.become(A);
            submissions.awaitMore();
            // then
            List<String> acknowledged = submissions.stop();
            assertThat(a.consumer.applied()).containsAll(acknowledged);
            await().untilAsserted(() -> assertThat(c.consumer.removals).hasSize(1));
            await().untilAsserted(() -> assertThat(b.consumer.removals).hasSize(1));
            assertThat(b.consumer.failures).isEmpty();
            assertThat(b.engine.status().role()).isEqualTo(Role.STOPPED);
            assertThat(b.consumer.applied())
                    .isEqualTo(
                            a.consumer.applied().subList(0, b.consumer.applied().size()));
            assertThat(a.consumer.failures).isEmpty();
        }
    }

    @Test
    void anEmptyMemberCatchesUpWhileNobodyWrites(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            a.put("x");
            TestMember b = group.startJoiner(B);
            assertThat(b.engine.status().role()).isEqualTo(Role.STARTING);
            assertThat(b.engine.configuration()).isEqualTo(GroupConfiguration.unknown());
            assertThat(a.engine.followers()).isEmpty();
            // when
            a.become(A, B + "?");
            // then
            await().untilAsserted(() -> assertThat(b.consumer.applied()).containsExactly("x"));
            await().until(() -> b.engine.status().role() == Role.OBSERVER);
            await().until(() -> b.engine.commitIndex() == a.engine.commitIndex());
            assertThat(a.engine.followers()).singleElement().satisfies(progress -> {
                assertThat(progress.name()).isEqualTo("b");
                assertThat(progress.staged()).isFalse();
                assertThat(progress.matchIndex()).isEqualTo(a.engine.lastEntry().index());
                assertThat(progress.nextIndex()).isEqualTo(progress.matchIndex() + 1);
                assertThat(progress.silence()).isLessThan(Duration.ofSeconds(1));
            });
            assertThat(b.engine.followers()).isEmpty();
            assertThat(a.put("y")).isEqualTo("applied y");
        }
    }

    @Test
    void aJoinerThatIsRestartedBeforeItIsAdmittedIsAdmittedThen(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            a.put("x");
            group.startJoiner(B).close();
            TestMember b = group.startJoiner(B);
            a.become(A, B);
            await().untilAsserted(() -> assertThat(b.consumer.applied()).containsExactly("x"));
            b.close();
            TestMember again = group.startJoiner(B);
            await().until(() -> again.engine.status().role() == Role.FOLLOWER);
            assertThat(a.put("y")).isEqualTo("applied y");
            await().untilAsserted(() -> assertThat(again.consumer.applied()).containsExactly("x", "y"));
            assertThat(again.consumer.removals).isEmpty();
        }
    }

    @Test
    void observersComeAndGoFreelyAndAreGivenVotes(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            a.put("x");
            TestMember b = group.startJoiner(B);
            TestMember c = group.startJoiner(C);
            a.become(A, B + "?", C + "?");
            await().until(() -> b.engine.status().role() == Role.OBSERVER);
            // when
            a.become(A, B + "?");
            // then
            await().untilAsserted(() -> assertThat(c.consumer.removals).hasSize(1));
            // when
            a.become(A, B);
            // then
            await().until(() -> b.engine.status().role() == Role.FOLLOWER);
            b.engine.electionsPaused(false);
            a.engine.transferLeadership("b", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            await().until(b.engine::leaderReady);
            assertThat(b.put("y")).isEqualTo("applied y");
            assertThat(b.consumer.restartsNeeded).isEmpty();
        }
    }

    @Test
    void anObserverThatIsDownHoldsUpNoOtherChange(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            TestMember b = group.startJoiner(B);
            a.become(A, B + "?");
            a.put("x");
            await().until(() -> b.consumer.applied().contains("x"));
            assertThat(a.engine.followers()).noneMatch(FollowerProgress::staged);
            group.links.silence(B);
            // when: a change succeeds, and another one fails
            TestMember c = group.startJoiner(C);
            a.become(A, B + "?", C + "?");
            await().until(() -> c.engine.status().role() == Role.OBSERVER);
            TestMember b2 = group.startJoiner("d@00000001");
            group.links.onAnswer(A, b2.name, () -> group.links.silence(b2.name));
            assertThat(failureOf(a.change(A, B + "?", C + "?", b2.name)).kind()).isEqualTo(Kind.MEMBER_SILENT);
            // then
            group.links.heal();
            a.put("y");
            await().untilAsserted(() -> assertThat(b.consumer.applied()).containsExactly("x", "y"));
            await().untilAsserted(() -> assertThat(c.consumer.applied()).containsExactly("x", "y"));
        }
    }

    @Test
    void anotherIncarnationTakesThePlaceInOneChange(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A, B, C).startAll()) {
            TestMember first = group.awaitLeader();
            if (!first.name.equals(A)) {
                first.engine.transferLeadership("a", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            }
            TestMember a = group.member(A);
            await().until(a.engine::leaderReady);
            a.put("x");
            group.member(B).abandon();
            TestMember b2 = group.startJoiner(B2);
            // when
            a.become(A, C, B2 + "?");
            a.become(A, C, B2);
            // then
            assertThat(a.put("y")).isEqualTo("applied y");
            await().untilAsserted(() -> assertThat(b2.consumer.applied()).containsExactly("x", "y"));
            // when
            group.member(C).abandon();
            // then
            assertThat(a.put("z")).isEqualTo("applied z");
            // when
            group.links.heal();
            TestMember b = group.start(B);
            // then
            await().untilAsserted(() -> assertThat(b.consumer.removals).hasSize(1));
            assertThat(a.engine.configuration().members()).isEqualTo(TestMember.members(A, B2, C));
        }
    }

    @Test
    void anUnreachableMemberIsRefusedWithinTheTimeout(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            GroupConfiguration before = a.engine.configuration();
            group.startJoiner(B);
            group.links.silence(B);
            // when
            long started = System.nanoTime();
            EngineException failure =
                    failureOf(a.engine.changeMembers(before, TestMember.members(A, B), Duration.ofSeconds(1)));
            // then
            assertThat(failure.kind()).isEqualTo(Kind.MEMBER_SILENT);
            assertThat(failure).hasMessageContaining(B);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
            assertThat(a.engine.configuration()).isEqualTo(before);
            assertThat(a.put("x")).isEqualTo("applied x");
            // and, once it can be reached
            group.links.heal();
            a.become(A, B);
        }
    }

    @Test
    void whoAnswersAsAnotherIncarnationIsNotTaken(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            group.startJoiner(B);
            GroupConfiguration before = a.engine.configuration();
            EngineException failure = failureOf(a.engine.changeMembers(
                    before, List.of(GroupMember.voter(A, A), GroupMember.voter(B2, B)), Duration.ofSeconds(3)));
            assertThat(failure.kind()).isEqualTo(Kind.MEMBER_SILENT);
            assertThat(failure).hasMessageContaining("another member");
            assertThat(a.engine.configuration()).isEqualTo(before);
        }
    }

    @Test
    void aMemberThatFallsSilentWhileItIsCaughtUpLeavesEverythingAsItWas(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            group.startJoiner(B);
            GroupConfiguration before = a.engine.configuration();
            a.put("x");
            group.links.onAnswer(A, B, () -> group.links.silence(B));
            EngineException failure = failureOf(a.change(A, B));
            assertThat(failure.kind()).isEqualTo(Kind.MEMBER_SILENT);
            assertThat(a.engine.configuration()).isEqualTo(before);
            assertThat(a.engine.followers()).isEmpty();
            group.links.heal();
            assertThat(a.become(A, B).members()).hasSize(2);
        }
    }

    @Test
    void refusesWhatIsUnsafeOrSenseless(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A, B).startAll()) {
            TestMember leader = group.awaitLeader();
            TestMember other = group.follower();
            leader.put("x");
            GroupConfiguration now = leader.engine.configuration();
            group.startJoiner(C);
            assertThat(failureOf(other.change(A, B, C)).kind()).isEqualTo(Kind.NOT_LEADER);
            assertThat(kind(leader, now, A, B, C, "d")).isEqualTo(Kind.CHANGE_TOO_LARGE);
            assertThat(kind(leader, now, leader.name, C)).isEqualTo(Kind.CHANGE_TOO_LARGE);
            assertThat(kind(leader, now, A + "?", B + "?")).isEqualTo(Kind.CHANGE_INVALID);
            assertThat(kind(leader, now, leader.name + "?", other.name)).isEqualTo(Kind.CHANGE_INVALID);
            assertThat(kind(leader, now, A, B, B2 + "?")).isEqualTo(Kind.CHANGE_INVALID);
            GroupConfiguration observers = new GroupConfiguration(now.index(), TestMember.members(A, B + "?"), true);
            assertThat(kind(leader, observers, A, B, C)).isEqualTo(Kind.CONFIGURATION_DIFFERS);
            GroupConfiguration three = new GroupConfiguration(now.index(), TestMember.members(A, B, C), true);
            assertThat(kind(leader, three, A, B)).isEqualTo(Kind.CONFIGURATION_DIFFERS);
            assertThat(failureOf(leader.engine.changeMembers(
                                    now,
                                    List.of(GroupMember.voter(A, "elsewhere"), GroupMember.voter(B, B)),
                                    Duration.ofSeconds(1)))
                            .kind())
                    .isEqualTo(Kind.CHANGE_INVALID);
            assertThat(leader.become(A, B)).isEqualTo(now);
            assertThat(leader.engine.configuration()).isEqualTo(now);
            leader.close();
            assertThat(failureOf(leader.change(A, B)).kind()).isEqualTo(Kind.STOPPED);
        }
    }

    private static Kind kind(TestMember leader, GroupConfiguration expected, String... wanted) {
        return failureOf(leader.engine.changeMembers(expected, TestMember.members(wanted), Duration.ofSeconds(1)))
                .kind();
    }

    @Test
    void oneChangeAtATime(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).startAll()) {
            TestMember a = group.awaitLeader();
            GroupConfiguration before = a.engine.configuration();
            group.startJoiner(B);
            group.startJoiner(C);
            group.links.silence(B);
            CompletableFuture<GroupConfiguration> first = a.change(A, B);
            assertThat(failureOf(a.change(A, C)).kind()).isEqualTo(Kind.CHANGE_IN_PROGRESS);
            assertThat(failureOf(first).kind()).isEqualTo(Kind.MEMBER_SILENT);
            assertThat(a.become(A, C).index()).isGreaterThan(before.index());
        }
    }

    @Test
    void aChangeThatIsCancelledWhileItIsStagedIsGivenUp(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).adjusted(Fill.SMALL_FILES).startAll()) {
            TestMember a = group.awaitLeader();
            Fill.put(a, 0, 4 * Fill.ENTRIES_PER_FILE);
            assertThat(Fill.purgeAll(a)).isPositive();
            GroupConfiguration before = a.engine.configuration();
            group.startJoiner(B); // It gets no image, so it never catches up, and answers all the time.
            CompletableFuture<GroupConfiguration> change = a.change(A, B);
            await().until(() -> a.engine.followers().stream().anyMatch(FollowerProgress::staged));
            // when
            change.cancel(false);
            // then
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(a.engine.followers()).isEmpty());
            // Whoever does not lead just now, as the process had no core for a while, has no followers either.
            await().until(a.engine::leaderReady);
            assertThat(a.engine.configuration()).isEqualTo(before);
            group.startJoiner(C);
            assertThat(failureOf(a.engine.changeMembers(before, TestMember.members(A, C, "d"), Duration.ofSeconds(1)))
                            .kind())
                    .isEqualTo(Kind.CHANGE_TOO_LARGE);
        }
    }

    @Test
    void aNewMemberGetsAnImageWhenTheJournalWasPurged(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).adjusted(Fill.SMALL_FILES).startAll()) {
            TestMember a = group.awaitLeader();
            Fill.put(a, 0, 4 * Fill.ENTRIES_PER_FILE);
            assertThat(Fill.purgeAll(a)).isPositive();
            TestImages images = new TestImages(a.consumer::image);
            CompletableFuture<Boolean> gate = new CompletableFuture<>();
            images.gate = gate;
            TestMember b = group.createJoiner(B, images.feed(new RecordingConsumer()), images)
                    .start();
            // when
            CompletableFuture<GroupConfiguration> change = a.change(A, B);
            await().until(() -> !images.asked.isEmpty());
            assertThat(a.engine.followers())
                    .singleElement()
                    .matches(FollowerProgress::staged)
                    .matches(progress -> progress.matchIndex() == -1);
            assertThat(change).isNotDone();
            gate.complete(true);
            // then
            GroupConfiguration two = change.get(30, TimeUnit.SECONDS);
            Fill.awaitSame(b, a);
            await().until(() -> b.consumer.configurations.contains(two));
            assertThat(images.asked).hasSize(1);
            assertThat(b.consumer.applyThreads).hasSize(1);
        }
    }

    @Test
    void aMemberThatHasTheJournalNeedsNoImageAndNoTraffic(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A).adjusted(Fill.SMALL_FILES).startAll()) {
            TestMember a = group.awaitLeader();
            TestMember b = group.startJoiner(B);
            a.become(A, B + "?");
            Fill.put(a, 0, 4 * Fill.ENTRIES_PER_FILE);
            Fill.awaitSame(b, a);
            b.consumer.flush();
            a.become(A);
            await().untilAsserted(() -> assertThat(b.consumer.removals).hasSize(1));
            b.close();
            assertThat(Fill.purgeAll(a)).isPositive();
            // when
            TestMember again = group.createJoiner(
                            B,
                            new RecordingConsumer(b.consumer.image()),
                            io.metastore.raft.internal.engine.ImageSource.NONE)
                    .start();
            a.become(A, B);
            // then
            Fill.awaitSame(again, a);
        }
    }

    @Test
    void aLeaderMayRemoveItselfAndTheOthersGoOn(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A, B, C).startAll()) {
            TestMember leader = group.awaitLeader();
            leader.put("x");
            String[] others = List.of(A, B, C).stream()
                    .filter(name -> !name.equals(leader.name))
                    .toArray(String[]::new);
            // when
            assertThat(leader.become(others).members()).hasSize(2);
            // then
            TestMember next = group.awaitLeader(leader.name);
            assertThat(next.put("y")).isEqualTo("applied y");
            await().untilAsserted(() -> assertThat(leader.consumer.removals).hasSize(1));
            assertThat(leader.consumer.failures).isEmpty();
        }
    }

    @Test
    void addressesAreAskedForEachTime(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, A)
                .movedTo((id, known) -> known.startsWith("old-") ? known.substring(4) : known)
                .startAll()) {
            TestMember a = group.awaitLeader();
            TestMember b = group.startJoiner(B);
            a.engine
                    .changeMembers(
                            a.engine.configuration(),
                            List.of(GroupMember.voter(A, A), GroupMember.voter(B, "old-" + B)),
                            Duration.ofSeconds(3))
                    .get(20, TimeUnit.SECONDS);
            assertThat(a.put("x")).isEqualTo("applied x");
            a.engine.transferLeadership("b", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
            await().until(b.engine::leaderReady);
            assertThat(b.put("y")).isEqualTo("applied y");
        }
    }

    static EngineException failureOf(CompletableFuture<?> pending) {
        try {
            throw new AssertionError("was done: " + pending.get(30, TimeUnit.SECONDS));
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
