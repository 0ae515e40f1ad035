package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that takes an image, and has entries of its own that the image takes the place of. */
class ImageOverEntriesTest {

    /** A leader that was cut off, has entries that nobody else has, and is stopped; where the others go on their journals do not reach back to what it has. */
    private record FormerLeader(TestGroup group, TestMember old, RecordingConsumer.Image state, TestMember leader) {

        static FormerLeader of(TestGroup group, List<String> alone) throws Exception {
            TestMember old = group.awaitLeader();
            Fill.put(old, 0, 3);
            group.members().forEach(member -> Fill.awaitSame(member, old));
            RecordingConsumer.Image state = old.consumer.image();
            group.links.cutOff(old.name);
            for (String entry : alone) {
                assertThat(old.submit(entry)).isNotDone();
            }
            await().until(() ->
                    old.engine.lastEntry().index() == state.position().index() + alone.size());
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
            return new FormerLeader(group, old, state, leader);
        }

        /** Starts it; returns when it is level. */
        TestMember comeBack(TestImages images) {
            TestMember again = images.start(group, old.name, new RecordingConsumer(state));
            Fill.awaitSame(again, leader);
            return again;
        }

        TestImages images() {
            return new TestImages(leader.consumer::image);
        }
    }

    /** Entries of a leader that was alone, beyond the image and never committed, must not survive under the image. */
    @Test
    void aJournalThatContradictsTheImageIsGivenUp(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            List<String> alone =
                    IntStream.range(1000, 1040).mapToObj(Fill::entry).toList();
            FormerLeader former = FormerLeader.of(group, alone);
            // when
            TestImages images = former.images();
            TestMember again = former.comeBack(images);
            // then
            long image = images.image().position().index();
            assertThat(image).isLessThan(former.state().position().index() + alone.size());
            assertThat(again.engine.firstIndex()).isEqualTo(image + 1);
            TestMember leader = group.awaitLeader(); // Perhaps another by now: a slow machine elects now and then.
            Fill.put(leader, 17, 2);
            Fill.awaitSame(again, leader);
            assertThat(again.consumer.failures).isEmpty();
            assertThat(KeptEntries.of(group, again.name)).isEqualTo(alone);
        }
    }

    /** What a member that is behind had alone, as a former leader does, and an image takes the place of. */
    @Test
    void whatMayBeInNoOtherJournalIsKeptBeforeAnImageTakesItsPlace(@TempDir Path root) throws Exception {
        try (TestGroup group = Lagging.three(root)) {
            FormerLeader former = FormerLeader.of(group, List.of("alone 1", "alone 2"));
            TestImages images = former.images();
            TestMember again = former.comeBack(images);
            assertThat(images.image().position().index())
                    .isGreaterThan(former.state().position().index() + 2);
            assertThat(images.asked).hasSize(1);
            assertThat(KeptEntries.of(group, again.name)).containsExactly("alone 1", "alone 2");
        }
    }
}
