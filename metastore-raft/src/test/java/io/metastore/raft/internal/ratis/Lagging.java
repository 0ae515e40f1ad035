package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** Three voters of which one is behind what the others still have. */
record Lagging(TestGroup group, TestMember leader, String behind, RecordingConsumer.Image state) {

    static Lagging of(TestGroup group) throws Exception {
        TestMember leader = group.awaitLeader();
        Fill.put(leader, 0, 3);
        TestMember behind = group.follower();
        Fill.awaitSame(behind, leader);
        behind.close();
        Lagging lagging = new Lagging(group, leader, behind.name, behind.consumer.image());
        Fill.put(leader, 3, 14);
        lagging.purge();
        return lagging;
    }

    void purge() throws Exception {
        for (TestMember member : group.members()) {
            if (!member.name.equals(behind)) {
                Fill.awaitSame(member, leader);
                assertThat(Fill.purgeAll(member)).isGreaterThan(state.position().index() + 1);
            }
        }
    }

    TestImages images() {
        return new TestImages(leader.consumer::image);
    }

    TestMember startBehind(RecordingConsumer.Image from, TestImages images) {
        return images.start(group, behind, new RecordingConsumer(from));
    }

    /** Starts it with images that it asks for, and gets when the gate of what is returned is opened. */
    TestImages startFetching() {
        TestImages images = images();
        images.gate = new CompletableFuture<>();
        startBehind(state, images);
        await().until(() -> !images.asked.isEmpty());
        return images;
    }

    /** Three members with small files, started. */
    static TestGroup three(Path root) {
        return Fill.started(root, "a", "b", "c");
    }

    /** Two members, whose journals do not reach back to the first entry any more; the one that leads. */
    static TestMember twoPurged(TestGroup group) throws Exception {
        group.start("a");
        group.start("b");
        TestMember leader = group.awaitLeader();
        Fill.put(leader, 0, 14);
        for (TestMember member : group.members()) {
            Fill.awaitSame(member, leader);
            assertThat(Fill.purgeAll(member)).isPositive();
        }
        return leader;
    }
}
