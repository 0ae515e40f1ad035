package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.metastore.snapshot.files.DiskFileLayer;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that takes an image, and has entries of its own that the image takes the place of. */
class ImageOverEntriesTest {
    /** Entries of a leader that was alone, beyond the image and never committed, must not survive under the image. */
    @Test
    void aJournalThatContradictsTheImageIsGivenUp(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            // given
            TestMember old = group.awaitLeader();
            Fill.put(old, 0, 3);
            group.members().forEach(member -> Fill.awaitSame(member, old));
            RecordingConsumer.Image state = old.consumer.image();
            group.links.cutOff(old.name);
            for (int i = 0; i < 40; i++) {
                assertThat(old.submit(Fill.entry(1000 + i))).isNotNull();
            }
            long last = state.position().index() + 40;
            await().until(() -> old.engine.lastEntry().index() == last);
            TestMember leader = group.awaitLeader(old.name);
            Fill.put(leader, 3, 14);
            for (TestMember member : group.members()) {
                if (member != old) {
                    Fill.awaitSame(member, leader);
                    assertThat(Fill.purgeAll(member))
                            .isGreaterThan(state.position().index() + 1);
                }
            }
            old.close();
            group.links.heal();
            // when
            TestImages images = new TestImages(leader.consumer::image);
            TestMember again = group.create(
                            old.name, images.feed(new RecordingConsumer(state)), images, new DiskFileLayer())
                    .start();
            // then
            Fill.awaitSame(again, leader);
            assertThat(images.image().position().index()).isLessThan(last);
            assertThat(again.engine.firstIndex())
                    .isEqualTo(images.image().position().index() + 1);
            Fill.put(leader, 17, 2);
            Fill.awaitSame(again, leader);
            assertThat(again.consumer.failures).isEmpty();
            assertThat(KeptEntries.of(group, old.name))
                    .isEqualTo(IntStream.range(1000, 1040).mapToObj(Fill::entry).toList());
        }
    }

    /** What a member that is behind had alone, as a former leader does, and an image takes the place of. */
    @Test
    void whatMayBeInNoOtherJournalIsKeptBeforeAnImageTakesItsPlace(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            // given
            TestMember old = group.awaitLeader();
            Fill.put(old, 0, 3);
            group.members().forEach(member -> Fill.awaitSame(member, old));
            RecordingConsumer.Image state = old.consumer.image();
            group.links.cutOff(old.name);
            assertThat(old.submit("alone 1")).isNotDone();
            assertThat(old.submit("alone 2")).isNotDone();
            await().until(() ->
                    old.engine.lastEntry().index() == state.position().index() + 2);
            TestMember leader = group.awaitLeader(old.name);
            Fill.put(leader, 3, 14);
            for (TestMember member : group.members()) {
                if (member != old) {
                    Fill.awaitSame(member, leader);
                    assertThat(Fill.purgeAll(member))
                            .isGreaterThan(old.engine.lastEntry().index() + 1);
                }
            }
            old.close();
            group.links.heal();
            // when
            TestImages images = new TestImages(leader.consumer::image);
            TestMember again = group.create(
                            old.name, images.feed(new RecordingConsumer(state)), images, new DiskFileLayer())
                    .start();
            // then
            Fill.awaitSame(again, leader);
            assertThat(images.asked).hasSize(1);
            assertThat(KeptEntries.of(group, old.name)).containsExactly("alone 1", "alone 2");
        }
    }
}
