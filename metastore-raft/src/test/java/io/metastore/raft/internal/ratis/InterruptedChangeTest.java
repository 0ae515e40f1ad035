package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.engine.GroupMember;
import io.metastore.raft.internal.transport.Method;
import io.metastore.snapshot.files.FaultPoints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leader is lost in the middle of a change: all end with the members before or after it, and nothing that was acknowledged is lost. */
class InterruptedChangeTest {
    /** Each waits for elections most of its time. */
    private static final int SIDE_BY_SIDE = 3;

    /** Up to where the change gets before the leader is lost. */
    private enum Cut {
        /** Nobody else has heard of it. */
        ONLY_LEADER,
        /** It was lost on the way to all who could lead: who is given a vote, or loses it, has not heard of it either, though nothing keeps it from arriving there. */
        JOINT_LOST,
        /** One other has the entry that joins both configurations. */
        JOINT_AT_ONE,
        /** All have it, so that it is committed, and nobody has the next. */
        JOINT_AT_ALL,
        /** The same without one of those who stay, so that it was needed of who it is about, who is restarted too. */
        JOINT_AND_RESTARTED,
        /** One other has the new configuration. */
        NEW_AT_ONE,
        /** As with the one that joins both. */
        NEW_LOST
    }

    @Test
    void aVoteIsGivenToAnObserver(@TempDir Path root) {
        everyCut(root, List.of("a", "b", "c", "o?"), List.of("a", "b", "c", "o"), "o");
    }

    @Test
    void aVoterBecomesAnObserver(@TempDir Path root) {
        everyCut(root, List.of("a", "b", "c", "e"), List.of("a", "b", "c", "e?"), "e");
    }

    @Test
    void aVoterIsRemoved(@TempDir Path root) {
        everyCut(root, List.of("a", "b", "c", "e"), List.of("a", "b", "c"), "e");
    }

    @Test
    void aVoterJoins(@TempDir Path root) {
        everyCut(root, List.of("a", "b", "c", "d"), List.of("a", "b", "c", "d", "e"), "e");
    }

    private static void everyCut(Path root, List<String> before, List<String> after, String one) {
        List<Callable<Integer>> cuts = new ArrayList<>();
        boolean mayLead = after.contains(one);
        boolean isOut = after.stream().noneMatch(name -> name.startsWith(one)); // And is not sent the new one.
        for (Cut cut : Cut.values()) {
            if (cut != Cut.JOINT_LOST && cut != Cut.NEW_LOST && cut != Cut.JOINT_AND_RESTARTED) {
                cuts.add(() -> interrupt(root.resolve(cut.name()), before, after, cut, "b"));
            }
            boolean possible =
                    switch (cut) {
                        case ONLY_LEADER, JOINT_LOST, JOINT_AT_ALL -> true;
                        case JOINT_AT_ONE -> false; // It hears of it last.
                        case JOINT_AND_RESTARTED -> before.contains(one + "?") || before.contains(one);
                        case NEW_AT_ONE -> mayLead;
                        case NEW_LOST -> !mayLead && !isOut;
                    };
            if (possible) {
                cuts.add(() -> interrupt(root.resolve(cut + "-" + one), before, after, cut, one));
            }
        }
        assertThat(FaultPoints.runAll(cuts, SIDE_BY_SIDE))
                .isEqualTo(cuts.size())
                .isGreaterThan(6);
    }

    /**
     * @param one who hears of the change when only one other does
     * @return one change that was interrupted
     */
    private static int interrupt(Path root, List<String> before, List<String> after, Cut cut, String one) {
        try {
            interruptNow(root, before, after, cut, one);
            return 1;
        } catch (Exception | AssertionError e) {
            throw new AssertionError("cut=" + cut + " one=" + one + " before=" + before + " after=" + after, e);
        }
    }

    private static void interruptNow(Path root, List<String> before, List<String> after, Cut cut, String one)
            throws Exception {
        String[] voters = before.stream().filter(name -> !name.endsWith("?")).toArray(String[]::new);
        TestGroup group = new TestGroup(root, voters);
        before.stream()
                .filter(name -> name.endsWith("?"))
                .forEach(name -> group.withObserver(name.substring(0, name.length() - 1)));
        try (group) {
            // given
            group.startAll();
            after.stream()
                    .map(name -> name.replace("?", ""))
                    .filter(name -> before.stream()
                            .noneMatch(other -> other.replace("?", "").equals(name)))
                    .forEach(group::startJoiner);
            TestMember leader = leaderIsA(group);
            leader.put("1");
            GroupConfiguration old = leader.engine.configuration();
            for (TestMember member : group.members()) {
                if (old.withId(member.name) != null) {
                    await().until(() -> member.consumer.applied().contains("1")
                            && member.engine.configuration().equals(old));
                }
            }
            // when
            Set<String> reached = ConcurrentHashMap.newKeySet();
            group.links.lose((from, to, method, message) ->
                    from.equals("a") && method == Method.RAFT_APPEND && isCut(to, message, cut, one, reached));
            CompletableFuture<GroupConfiguration> change = leader.change(after.toArray(String[]::new));
            await().atMost(Duration.ofSeconds(20)).until(() -> reached.contains("all"));
            leader.abandon();
            boolean committed =
                    cut == Cut.NEW_AT_ONE && size(after) == 3 && after.contains(one); // Of three the second has it.
            assertThat(change.isCompletedExceptionally()).isNotEqualTo(committed);
            group.links.heal();
            if (cut == Cut.JOINT_AND_RESTARTED) {
                group.member(one).abandon();
                group.start(one);
            }
            // then: the others need no help of the one that is lost
            TestMember next = group.awaitLeader("a");
            assertThat(next.put("2")).isEqualTo("applied 2");
            TestMember a = group.start("a");
            settle(
                    group,
                    next,
                    List.of(
                            TestMember.members(before.toArray(String[]::new)),
                            TestMember.members(after.toArray(String[]::new))));
            assertThat(next.put("3")).isEqualTo("applied 3");
            await().untilAsserted(() -> assertThat(a.consumer.applied()).containsExactly("1", "2", "3"));
            agree(group);
            GroupMember settled = next.engine.configuration().withId(one);
            if (before.contains(one + "?") && settled != null) { // Whatever it was in between.
                TestMember member = group.member(one);
                await().until(() -> member.division().getInfo().getCurrentRole()
                                == (settled.voter() ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER)
                        || member.engine.leaderReady());
            }
        }
    }

    private static long size(List<String> members) {
        return members.stream().filter(name -> !name.endsWith("?")).count();
    }

    /** Loses what must not arrive, and says "all" once the change cannot get any further. */
    private static boolean isCut(String to, byte[] message, Cut cut, String one, Set<String> reached) {
        boolean joint = false;
        boolean changed = false;
        for (LogEntryProto entry :
                RaftMessages.parse(message, AppendEntriesRequestProto.parser()).getEntriesList()) {
            if (entry.hasConfigurationEntry() && entry.getIndex() > 0) {
                boolean transitional = entry.getConfigurationEntry().getOldPeersCount() > 0;
                joint |= transitional;
                changed |= !transitional && reached.contains("joint");
            }
        }
        if (joint) {
            reached.add("joint");
        }
        boolean lost =
                switch (cut) {
                    case ONLY_LEADER -> joint || changed;
                    case JOINT_LOST -> (joint && !to.equals(one)) || changed;
                    case JOINT_AT_ONE -> (joint && !to.equals(one)) || changed;
                    case JOINT_AT_ALL -> changed;
                    case JOINT_AND_RESTARTED -> (joint && to.equals("c")) || changed;
                    case NEW_AT_ONE, NEW_LOST -> changed && !to.equals(one);
                };
        switch (cut) {
            case ONLY_LEADER -> {
                if (joint) {
                    reached.add("all");
                }
            }
            case JOINT_LOST -> noteLost(reached, joint && lost, to);
            case NEW_LOST -> noteLost(reached, changed && lost, to);
            case JOINT_AT_ONE -> noteAnswer(reached, joint && !lost, to);
            case JOINT_AT_ALL, JOINT_AND_RESTARTED -> {
                if (changed) {
                    reached.add("all");
                }
            }
            case NEW_AT_ONE -> noteAnswer(reached, changed && !lost, to);
        }
        return lost;
    }

    /** It is sent again after a while, in which the one it may arrive at was sent nothing. */
    private static void noteLost(Set<String> reached, boolean lost, String to) {
        if (lost && !reached.add("lost to " + to)) {
            reached.add("lost again to " + to);
        }
        if (reached.contains("lost again to b") && reached.contains("lost again to c")) {
            reached.add("all");
        }
    }

    /** The second message after the one that arrived is sent when that was answered. */
    private static void noteAnswer(Set<String> reached, boolean arrives, String to) {
        if (arrives) {
            reached.add("to " + to);
        } else if (reached.contains("to " + to)) {
            reached.add("all");
        }
    }

    private static void settle(TestGroup group, TestMember next, List<List<GroupMember>> possible) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            GroupConfiguration now = next.engine.configuration();
            assertThat(now.stable()).isTrue();
            assertThat(possible).contains(now.members());
            for (TestMember member : group.members()) {
                if (now.withId(member.name) != null) {
                    assertThat(member.engine.configuration()).isEqualTo(now);
                    assertThat(member.engine.commitIndex()).isGreaterThanOrEqualTo(now.index());
                }
            }
        });
    }

    /** What was committed at an index was committed there for all; and nobody gave up. */
    private static void agree(TestGroup group) {
        Map<Long, Set<GroupConfiguration>> byIndex = group.members().stream()
                .flatMap(member -> member.consumer.configurations.stream())
                .collect(Collectors.groupingBy(GroupConfiguration::index, Collectors.toSet()));
        assertThat(byIndex.values()).allMatch(configurations -> configurations.size() == 1);
        assertThat(group.members()).allMatch(member -> member.consumer.failures.isEmpty());
    }

    private static TestMember leaderIsA(TestGroup group) throws Exception {
        TestMember first = group.awaitLeader();
        if (!first.name.equals("a")) {
            first.engine.transferLeadership("a", Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
        }
        TestMember a = group.member("a");
        await().until(a.engine::leaderReady);
        return a;
    }
}
