package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member alone applies what its journal proves to be committed; entries here are "{name} {hint}". */
class CommitEvidenceTest {

    @Test
    void aMemberAloneAppliesUpToTheHighestHintWhereverItStandsAndNoFurther(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            long first = leader.engine.lastEntry().index() + 1;
            leader.put("one -1");
            leader.put("two " + first);
            leader.put("three " + (first + 1)); // proves "two"
            leader.put("four " + first); // knows less, as entries that overtook each other may
            // when
            group.members().forEach(TestMember::abandon);
            TestMember alone = restartAlone(group, leader);
            // then
            assertThat(alone.engine.commitIndex()).isEqualTo(first + 1);
            await().untilAsserted(() -> assertThat(alone.consumer.applied()).containsExactly("one -1", "two " + first));
            assertThat(alone.engine.lastEntry().index()).isEqualTo(first + 3);
        }
    }

    @Test
    void aHintAtTheEntryItselfOrBehindItProvesNothing(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            // given
            TestMember leader = group.awaitLeader();
            long first = leader.engine.lastEntry().index() + 1;
            leader.put("one " + (first - 1));
            leader.put("two " + (first + 1));
            leader.put("three " + (first + 100));
            // when
            group.members().forEach(TestMember::abandon);
            TestMember alone = restartAlone(group, leader);
            // then
            assertThat(alone.engine.commitIndex()).isEqualTo(first - 1);
            await().until(() -> alone.consumer.position().index() == first - 1);
            assertThat(alone.consumer.applied()).isEmpty();
        }
    }

    private static TestMember restartAlone(TestGroup group, TestMember member) {
        RecordingConsumer consumer = new RecordingConsumer();
        consumer.hintOf = entry -> Long.parseLong(entry.substring(entry.indexOf(' ') + 1));
        return group.create(member.name, consumer).start();
    }
}
