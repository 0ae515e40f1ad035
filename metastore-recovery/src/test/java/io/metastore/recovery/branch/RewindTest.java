package io.metastore.recovery.branch;

import static io.metastore.recovery.branch.CutMember.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.MetaStore;
import io.metastore.api.Revision;
import io.metastore.raft.RawRecords;
import io.metastore.raft.SimulatedNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees of a recovery to an earlier point who keeps what he read by revision, and follows the changes. */
class RewindTest {
    @TempDir
    Path temporary;

    @Test
    void noRevisionOfAnEpochComesTwiceAndThereIsOneRewind() {
        Path member = temporary.resolve("member");
        List<Revision> seen = new ArrayList<>();
        MetaStore before = MetaStore.open(member);
        try {
            for (int i = 0; i < 10; i++) {
                seen.add(before.table(NOTES).put("k" + i, "of before"));
            }
        } finally {
            SimulatedNetwork.kill(before);
        }
        Revision kept = seen.get(4);
        CutMember.cutBehind(member, kept);

        MetaStore after = CutMember.openRecovered(member, 1);
        List<Revision> since = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                since.add(after.table(NOTES).put("n" + i, "of after"));
            }
            // A number may come again when its write was lost, but not with its epoch.
            assertThat(since).allMatch(revision -> revision.epoch() == 2).isSorted();
            assertThat(since).doesNotContainAnyElementsOf(seen);
            assertThat(since.get(0)).isGreaterThan(kept);
            for (int i = 0; i < 10; i++) {
                assertThat(after.cluster().fateOf(seen.get(i)).kind())
                        .isEqualTo(i < 5 ? Fate.Kind.KEPT : Fate.Kind.LOST);
                assertThat(after.cluster().fateOf(since.get(i)).kind()).isEqualTo(Fate.Kind.KEPT);
            }
            // Who follows from the last that was kept on is told each change once, and none that was lost.
            List<Long> followed = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            boolean complete = RawRecords.of(after).changesAfter(kept.number(), feed -> {
                followed.add(feed.revision());
                feed.changes().forEach(change -> keys.add(new String(change.key(), StandardCharsets.UTF_8)));
            });
            assertThat(complete).isTrue();
            assertThat(followed).isSorted().doesNotHaveDuplicates();
            assertThat(followed).allMatch(number -> number > kept.number());
            assertThat(followed)
                    .containsAll(since.stream().map(Revision::number).toList());
            assertThat(keys).contains("n0", "n9").doesNotContain("k5", "k9");
        } finally {
            SimulatedNetwork.kill(after);
        }
        for (int round = 0; round < 2; round++) { // One rewind, however often it is opened.
            try (MetaStore again = MetaStore.open(member)) {
                assertThat(again.cluster().lineage())
                        .extracting(EpochBeginning::epoch)
                        .containsExactly(2L);
                Revision next = again.table(NOTES).put("again", "round " + round);
                assertThat(next.epoch()).isEqualTo(2);
                assertThat(next).isGreaterThan(since.get(9));
                since.set(9, next);
            }
        }
    }
}
