package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.metastore.raft.internal.engine.EngineException;
import io.metastore.raft.internal.engine.EngineException.Kind;
import io.metastore.snapshot.files.DiskFileLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReidentificationTest {
    private static final String OLD = "single";
    private static final String A = "a@0a0a0a0a";
    private static final String B = "b@0b0b0b0b";
    private static final String C = "c@0c0c0c0c";

    @Test
    void aSingleMemberBecomesOneOfThree(@TempDir Path root) throws Exception {
        RecordingConsumer consumer = new RecordingConsumer();
        try (TestGroup group = new TestGroup(root, OLD).adjusted(Fill.SMALL_FILES)) {
            // given
            TestMember single = group.create(OLD, consumer).start();
            group.awaitLeader();
            Fill.put(single, 0, 4 * Fill.ENTRIES_PER_FILE);
            assertThat(Fill.purgeAll(single)).isPositive();
            single.put("behind the last flush");
            single.abandon();
            // when
            RatisSettings settings = as(group.settings(OLD), A);
            JournalAtRest.reidentify(new DiskFileLayer(), settings);
            JournalAtRest.reidentify(new DiskFileLayer(), settings);
            // then
            TestMember a = group.create(settings, consumer.restarted()).start();
            await().until(a.engine::leaderReady);
            assertThat(a.engine.configuration().members()).isEqualTo(TestMember.members(A));
            assertThat(a.engine.status().leader()).isEqualTo("a");
            assertThat(a.put("x")).isEqualTo("applied x");
            assertThat(consumer.applied())
                    .hasSize(4 * Fill.ENTRIES_PER_FILE + 2)
                    .endsWith("behind the last flush", "x");
            assertThat(consumer.removals).isEmpty();
            // when
            TestImages images = new TestImages(a.consumer::image);
            TestMember b = group.createJoiner(B, images.feed(new RecordingConsumer()), images)
                    .start();
            a.become(A, B);
            TestMember c = group.createJoiner(C, images.feed(new RecordingConsumer()), images)
                    .start();
            a.become(A, B, C);
            // then
            assertThat(a.put("y")).isEqualTo("applied y");
            Fill.awaitSame(b, a);
            Fill.awaitSame(c, a);
            // and it is done for good
            a.close();
            JournalAtRest.reidentify(new DiskFileLayer(), settings);
            assertThat(group.awaitLeader(A).put("z")).isEqualTo("applied z");
        }
    }

    @Test
    void aRestartBeforeTheFirstElectionIsTheNewMemberStill(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, OLD)) {
            // given: entries that are known to be committed by those behind them, the old configuration among them
            RecordingConsumer consumer = new RecordingConsumer();
            TestMember single = group.create(OLD, consumer).start();
            group.awaitLeader();
            single.put("1");
            single.put("2");
            single.abandon();
            RatisSettings settings = as(group.settings(OLD), A);
            JournalAtRest.reidentify(new DiskFileLayer(), settings);
            // when
            RecordingConsumer replaying = new RecordingConsumer();
            replaying.hintOf = entry -> 1;
            TestMember paused = group.create(settings, replaying);
            paused.engine.electionsPaused(true);
            paused.start();
            assertThat(paused.engine.configuration().members()).isEqualTo(TestMember.members(A));
            assertThat(paused.engine.commitIndex()).isEqualTo(-1);
            paused.abandon();
            // then
            TestMember a = group.create(settings, new RecordingConsumer()).start();
            await().until(a.engine::leaderReady);
            await().untilAsserted(() -> assertThat(a.consumer.applied()).containsExactly("1", "2"));
        }
    }

    @Test
    void cutOffAnywhereItIsOneOfTheTwo(@TempDir Path root) throws Exception {
        boolean reached = true;
        for (int changes = 0; reached; changes++) {
            try (TestGroup group = new TestGroup(root.resolve("c" + changes), OLD)) {
                // given
                TestMember single = group.create(OLD, new RecordingConsumer()).start();
                group.awaitLeader();
                single.put("1");
                single.close();
                RatisSettings settings = as(group.settings(OLD), A);
                StoppingLayer layer = new StoppingLayer();
                layer.arm(changes);
                // when
                try {
                    JournalAtRest.reidentify(layer, settings);
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining("killed");
                }
                reached = layer.fired();
                // then
                boolean changed = group.journal(OLD)
                                .entries()
                                .resolve("raft-meta.conf")
                                .toFile()
                                .exists()
                        && Files.readString(
                                        group.journal(OLD).entries().resolve("raft-meta.conf"),
                                        java.nio.charset.StandardCharsets.ISO_8859_1)
                                .contains(A);
                TestMember again = group.create(changed ? settings : group.settings(OLD), new RecordingConsumer())
                        .start();
                await().until(again.engine::leaderReady);
                assertThat(again.put("2")).isEqualTo("applied 2");
                assertThat(again.consumer.applied()).containsExactly("1", "2");
                again.close();
                JournalAtRest.reidentify(new DiskFileLayer(), settings);
                TestMember a = group.create(settings, new RecordingConsumer()).start();
                await().until(a.engine::leaderReady);
                await().untilAsserted(() -> assertThat(a.consumer.applied()).containsExactly("1", "2"));
            }
        }
    }

    @Test
    void refusesAGroupOfSeveralAndADirectoryWithoutAJournal(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b")) {
            group.startAll();
            group.awaitLeader().put("x");
            RatisSettings settings = as(group.settings("a"), A);
            assertThatThrownBy(() -> JournalAtRest.reidentify(new DiskFileLayer(), settings))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("used by another engine");
            group.member("a").close();
            assertThatThrownBy(() -> JournalAtRest.reidentify(new DiskFileLayer(), settings))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHANGE_INVALID));
            group.start("a");
            assertThat(group.awaitLeader().put("y")).isEqualTo("applied y");
        }
        RatisSettings nothing = RatisSettings.of(
                root.resolve("nothing"), UUID.randomUUID(), A, List.of(RatisSettings.Peer.voter(A, A)));
        assertThatThrownBy(() -> JournalAtRest.reidentify(new DiskFileLayer(), nothing))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CHANGE_INVALID));
        assertThat(root.resolve("nothing")).doesNotExist();
    }

    private static RatisSettings as(RatisSettings single, String id) {
        UnaryOperator<RatisSettings> limits = settings -> settings.withLimits(single.limits());
        return limits.apply(
                RatisSettings.of(single.directory(), single.group(), id, List.of(RatisSettings.Peer.voter(id, id)))
                        .withTimeouts(single.timeouts()));
    }
}
