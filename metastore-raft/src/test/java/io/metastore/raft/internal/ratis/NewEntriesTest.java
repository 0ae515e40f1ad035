package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.GroupConfiguration;
import io.metastore.raft.internal.transport.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appends that arrive twice. */
class NewEntriesTest {
    private static final RatisSettings.Timeouts PATIENT = new RatisSettings.Timeouts(
            Duration.ofMillis(1500),
            Duration.ofSeconds(3),
            Duration.ofMillis(60),
            Duration.ofMillis(200),
            Duration.ofSeconds(2));

    @Test
    void aConfigurationBehindARepeatedEntryStays(@TempDir Path root) throws Exception {
        try (TestGroup group = patient(root, "a", "b", "c", "d", "e")) {
            // given: b has an entry and the configuration behind it, neither committed
            TestMember leader = group.awaitLeader();
            TestMember one = group.follower();
            leader.put("1");
            await().until(() -> one.consumer.applied().contains("1"));
            AtomicReference<byte[]> sent = new AtomicReference<>();
            group.links.lose((from, to, method, message) -> {
                if (method != Method.RAFT_APPEND || !from.equals(leader.name)) {
                    return method == Method.RAFT_VOTE; // So that nobody else leads.
                }
                if (to.equals(one.name) && sent.get() == null && bringsEntry(message)) {
                    sent.set(message);
                }
                return !to.equals(one.name);
            });
            CompletableFuture<String> second = leader.submit("2");
            await().until(() -> sent.get() != null);
            String other = group.members().stream()
                    .filter(member -> member != leader && member != one)
                    .findFirst()
                    .orElseThrow()
                    .name;
            CompletableFuture<GroupConfiguration> change = leader.change(group.members().stream()
                    .map(member -> member.name.equals(other) ? member.name + "?" : member.name)
                    .toArray(String[]::new));
            await().until(() -> !one.engine.configuration().stable());
            GroupConfiguration changing = one.engine.configuration();
            long committed = one.engine.commitIndex();
            // when
            AppendEntriesReplyProto reply = append(one, sent.get());
            // then
            assertThat(reply.getResult()).isEqualTo(AppendResult.SUCCESS);
            assertThat(reply.getIsHearbeat()).isFalse();
            assertThat(reply.getMatchIndex()).isEqualTo(changing.index() - 1).isGreaterThan(committed);
            assertThat(reply.getNextIndex()).isEqualTo(changing.index());
            assertThat(one.engine.configuration()).isEqualTo(changing);
            assertThat(one.engine.lastEntry().index()).isEqualTo(changing.index());
            assertThat(second).isNotDone();
            assertThat(change).isNotDone();
            // and all goes on
            group.links.heal();
            assertThat(group.awaitLeader().put("3")).isEqualTo("applied 3");
            await().untilAsserted(() -> assertThat(one.consumer.applied()).containsExactly("1", "2", "3"));
        }
    }

    @Test
    void whatIsNewBehindARepeatedEntryIsTaken(@TempDir Path root) throws Exception {
        try (TestGroup group = patient(root, "a", "b", "c")) {
            // given
            TestMember leader = group.awaitLeader();
            TestMember one = group.follower();
            leader.put("1");
            await().until(() -> one.consumer.applied().contains("1"));
            AtomicReference<byte[]> first = new AtomicReference<>();
            group.links.lose((from, to, method, message) -> {
                boolean losing = method == Method.RAFT_APPEND && to.equals(one.name) && bringsEntry(message);
                if (losing && entries(message).size() > 1) {
                    first.compareAndSet(null, message);
                }
                return losing;
            });
            // when: the same entries alone, with others behind, and again
            leader.put("2");
            leader.put("3");
            await().until(() -> first.get() != null);
            AppendEntriesRequestProto both = RaftMessages.parse(first.get(), AppendEntriesRequestProto.parser());
            AppendEntriesRequestProto alone = both.toBuilder()
                    .clearEntries()
                    .addEntries(both.getEntries(0))
                    .setLeaderCommit(both.getEntries(0).getIndex() - 1)
                    .build();
            long index = both.getEntries(0).getIndex();
            // then
            for (int times = 0; times < 2; times++) {
                AppendEntriesReplyProto reply = append(one, alone.toByteArray());
                assertThat(reply.getResult()).isEqualTo(AppendResult.SUCCESS);
                assertThat(reply.getMatchIndex()).isEqualTo(index);
            }
            for (int times = 0; times < 2; times++) {
                AppendEntriesReplyProto reply = append(one, first.get());
                assertThat(reply.getResult()).isEqualTo(AppendResult.SUCCESS);
                assertThat(reply.getMatchIndex()).isEqualTo(index + both.getEntriesCount() - 1);
            }
            group.links.heal();
            await().untilAsserted(() -> assertThat(one.consumer.applied()).containsExactly("1", "2", "3"));
        }
    }

    private static TestGroup patient(Path root, String... voters) {
        return new TestGroup(root, voters)
                .adjusted(settings -> settings.withTimeouts(PATIENT))
                .startAll();
    }

    private static List<LogEntryProto> entries(byte[] message) {
        return RaftMessages.parse(message, AppendEntriesRequestProto.parser()).getEntriesList();
    }

    private static boolean bringsEntry(byte[] message) {
        return entries(message).stream().anyMatch(LogEntryProto::hasStateMachineLogEntry);
    }

    private static AppendEntriesReplyProto append(TestMember member, byte[] message) throws Exception {
        return RaftMessages.parse(
                member.engine.handleRaft(Method.RAFT_APPEND, message).get(20, TimeUnit.SECONDS),
                AppendEntriesReplyProto.parser());
    }
}
