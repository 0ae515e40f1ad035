package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.api.LogPosition;
import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.JournalFound;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SingleMemberTest {
    @Test
    void electsItselfAndApplies(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            TestMember leader = group.awaitLeader();
            assertThat(leader.put("x")).isEqualTo("applied x");
            assertThat(leader.consumer.applied()).containsExactly("x");
            assertThat(leader.consumer.readyTerms).containsExactly(leader.engine.currentTerm());
            assertThat(leader.engine.commitIndex())
                    .isEqualTo(leader.consumer.position().index());
            assertThat(leader.engine.lastEntry()).isEqualTo(leader.consumer.position());
            assertThat(leader.engine.status().leader()).isEqualTo("a");
        }
    }

    @Test
    void restartReplaysOnlyWhatTheStateDoesNotHold(@TempDir Path root) throws Exception {
        // given
        LogPosition durable;
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            TestMember member = group.awaitLeader();
            member.put("1");
            member.put("2");
            durable = member.consumer.position();
            member.put("3");
            member.close();
            // when
            TestMember again = group.create("a", new RecordingConsumer(durable)).start();
            group.awaitLeader();
            // then
            await().untilAsserted(() -> assertThat(again.consumer.applied()).containsExactly("3"));
            assertThat(again.put("4")).isEqualTo("applied 4");
        }
    }

    /** An only voter leads, and writes that down, before whoever started it can look at its journal. */
    @Test
    void whatWasFoundIsWithoutWhatWasAddedSince(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            TestMember member = group.awaitLeader();
            assertThat(member.engine.found()).isEqualTo(JournalFound.NONE);
            for (int opened = 0; opened < 5; opened++) {
                member.put("x" + opened);
                RecordingConsumer.Image image = member.consumer.image();
                LogPosition last = member.engine.lastEntry();
                member.close();
                // when
                RecordingConsumer consumer = new RecordingConsumer(image);
                consumer.hintOf = entry -> last.index() - 1;
                member = group.create("a", consumer).start();
                group.awaitLeader();
                // then
                assertThat(member.engine.lastEntry().index()).isGreaterThan(last.index());
                assertThat(member.engine.found().last()).isEqualTo(last);
                assertThat(member.engine.found().committed()).isBetween(last.index() - 1, last.index());
            }
        }
    }

    @Test
    void refusesAnEntryAboveTheLimitAndGoesOn(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a")
                .adjusted(settings -> settings.withLimits(RatisSettings.Limits.DEFAULT))
                .startAll()) {
            TestMember leader = group.awaitLeader();
            int limit = RatisSettings.Limits.DEFAULT.entryBytesMax();
            assertThat(leader.put("y".repeat(limit))).hasSize(limit + "applied ".length());
            assertThatThrownBy(() -> leader.engine.submit(new byte[limit + 1]).get())
                    .cause()
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.TOO_LARGE));
            assertThat(leader.put("x")).isEqualTo("applied x");
        }
    }
}
