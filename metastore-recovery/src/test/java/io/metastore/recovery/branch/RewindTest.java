package io.metastore.recovery.branch;

import static io.metastore.recovery.branch.CutMember.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.Image;
import io.metastore.api.MetaStore;
import io.metastore.api.ReadMode;
import io.metastore.api.Revision;
import io.metastore.api.RevisionLostException;
import io.metastore.api.Table;
import io.metastore.raft.RawRecords;
import io.metastore.raft.SimulatedNetwork;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.Source;
import io.metastore.recovery.Survey;
import io.metastore.snapshot.files.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees of a recovery to an earlier point who keeps what he read by revision, and follows the changes. */
class RewindTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

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
            // Whoever waits for what he has seen is told that it is gone: also when its number has not come again yet,
            isToldOfTheLoss(after, seen.get(9));
            for (int i = 0; i < 10; i++) {
                since.add(after.table(NOTES).put("n" + i, "of after"));
            }
            // A number may come again when its write was lost, but not with its epoch.
            assertThat(since).allMatch(revision -> revision.epoch() == 2).isSorted();
            assertThat(since).doesNotContainAnyElementsOf(seen);
            assertThat(since.get(0)).isGreaterThan(kept);
            // and when it has.
            for (int i = 5; i < 10; i++) {
                assertThat(since.get(9).number()).isGreaterThan(seen.get(i).number());
                isToldOfTheLoss(after, seen.get(i));
            }
            Table<String, String> own = after.table(NOTES).reading(ReadMode.atLeast(kept));
            assertThat(own.get("k4")).contains("of before");
            assertThat(own.get("k5")).isEmpty();
            after.awaitRevision(since.get(9), PATIENCE);
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
                isToldOfTheLoss(again, seen.get(9));
            }
        }
    }

    /** Of the epoch before there is an image with a larger index, put beside those of the epoch: the epoch counts, not the index. */
    @Test
    void imageOfTheEpochBeforeIsNotTakenForNewer() throws IOException {
        Path member = temporary.resolve("member");
        Revision kept = Revision.NONE;
        Image image;
        try (MetaStore before = MetaStore.open(member)) {
            for (int i = 0; i < 30; i++) {
                Revision written = before.table(NOTES).put("k" + i, "of before");
                kept = i == 4 ? written : kept;
            }
            image = before.checkpoints().create();
        }
        CutMember.cutBehind(member, kept);
        Revision last;
        try (MetaStore after = CutMember.openRecovered(member, 1)) {
            last = after.table(NOTES).put("n", "of after");
        }
        assertThat(image.position().index()).isGreaterThan(last.position().index());
        Path store = member.resolve("stores/main");
        Path older = store.resolve("epoch-000001/image").resolve(image.name());
        Path misplaced = store.resolve("epoch-000002/image").resolve(image.name());
        Trees.copy(older, misplaced);
        Trees.delete(store.resolve("epoch-000002/state"));

        Survey both = Recovery.of(
                        Source.image(misplaced), Source.directory(member).labelled("directory"))
                .survey();
        assertThat(both.surveyed(both.diagnose().candidates().get(0)).origin().label())
                .isEqualTo("directory");
        try (MetaStore again = MetaStore.open(member)) {
            assertThat(again.table(NOTES).get("n")).contains("of after");
            assertThat(again.table(NOTES).get("k4")).contains("of before");
            assertThat(again.table(NOTES).get("k29")).isEmpty();
            assertThat(again.revision().number()).isGreaterThanOrEqualTo(last.number());
            assertThat(again.checkpoints().list()).doesNotContain(image);
        }
    }

    private static void isToldOfTheLoss(MetaStore store, Revision seen) {
        assertThatThrownBy(() -> store.awaitRevision(seen, PATIENCE))
                .isInstanceOfSatisfying(RevisionLostException.class, e -> assertThat(e.revision())
                        .isEqualTo(seen));
        assertThatThrownBy(
                        () -> store.table(NOTES).reading(ReadMode.atLeast(seen)).get("k0"))
                .isInstanceOf(RevisionLostException.class)
                .hasMessageContaining("position=" + seen.position());
        assertThat(store.async().awaitRevision(seen, PATIENCE))
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RevisionLostException.class);
    }
}
