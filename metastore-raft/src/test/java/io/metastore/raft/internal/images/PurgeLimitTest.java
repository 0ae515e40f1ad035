package io.metastore.raft.internal.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.CheckpointPolicy;
import io.metastore.api.CheckpointStatus.JournalHold;
import io.metastore.raft.internal.engine.JournalFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PurgeLimitTest {

    private static final Path FILE = Path.of("log");

    private static final CheckpointPolicy POLICY = CheckpointPolicy.defaults().toBuilder()
            .laggardEntries(1000)
            .laggardBytes(50_000)
            .build();

    /** 100 bytes an entry, a hundred entries in each file. */
    private static final PurgeLimit.Journal JOURNAL = journal(0, 9_999);

    @Test
    void withFewerThanTwoImagesNothingGoes() {
        assertThat(limit(List.of())).isEqualTo(PurgeLimit.NOTHING);
        assertThat(limit(List.of(5000L))).isEqualTo(PurgeLimit.NOTHING);
    }

    @Test
    void whatTheSecondNewestImageNeedsStays() {
        assertThat(limit(List.of(9000L, 8000L, 7000L))).isEqualTo(new PurgeLimit(8000, null));
    }

    @Test
    void whatAPinnedImageNeedsStaysAsForAMemberThatHasComeSoFarAndIsNamed() {
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L, 7600L), List.of(7600L), JOURNAL, List.of()))
                .isEqualTo(new PurgeLimit(7600, new JournalHold("image.7600", 400, 40_000)));
        assertThat(PurgeLimit.of(
                        POLICY, List.of(9000L, 8000L, 7600L), List.of(7600L), JOURNAL, List.of(other("fe2", 7700))))
                .as("the one that is furthest behind")
                .isEqualTo(new PurgeLimit(7600, new JournalHold("image.7600", 400, 40_000)));
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L), List.of(9000L, 8000L), JOURNAL, List.of()))
                .as("these are kept anyway")
                .isEqualTo(new PurgeLimit(8000, null));
    }

    /** One slow receiver must not fill the disk. */
    @Test
    void aPinnedImageThatIsOlderThanGrantedHoldsNothing() {
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L, 7000L), List.of(7000L), JOURNAL, List.of()))
                .as("a thousand entries of 100 bytes are granted, 50,000 bytes are")
                .isEqualTo(new PurgeLimit(8000, null));
        assertThat(PurgeLimit.of(
                        POLICY.toBuilder().laggardBytes(1 << 20).build(),
                        List.of(9000L, 8000L, 6999L),
                        List.of(6999L),
                        JOURNAL,
                        List.of()))
                .isEqualTo(new PurgeLimit(8000, null));
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L, 7600L), List.of(7600L), journal(7700, 9_999), List.of()))
                .as("the journal does not go on from it")
                .isEqualTo(new PurgeLimit(8000, null));
    }

    @Test
    void aLiveMemberThatIsBehindHoldsTheJournalAndIsNamed() {
        assertThat(limit(List.of(9000L, 8000L), other("fe2", 7900), other("fe3", 7600), other("fe4", 9500)))
                .isEqualTo(new PurgeLimit(7600, new JournalHold("fe3", 400, 40_000)));
    }

    @Test
    void aMemberThatIsFurtherBehindThanGrantedHoldsNothing() {
        assertThat(limit(List.of(9000L, 8000L), other("fe2", 7498), other("fe3", 7499)))
                .as("six files are too long, five are not")
                .isEqualTo(new PurgeLimit(7499, new JournalHold("fe3", 501, 50_000)));
        CheckpointPolicy few = POLICY.toBuilder().laggardEntries(499).build();
        assertThat(PurgeLimit.of(few, List.of(9000L, 8000L), List.of(), JOURNAL, List.of(other("fe3", 7500))))
                .isEqualTo(new PurgeLimit(8000, null));
    }

    @Test
    void whatAMemberIsGrantedIsTheLengthOfTheVeryFilesThatAreKeptForIt() {
        List<JournalFile> fatAtTheEnd = List.of(
                new JournalFile(FILE, 0, 7_499, 60_000),
                new JournalFile(FILE, 7_500, 7_899, 900_000),
                new JournalFile(FILE, 7_900, 8_000, 1_000),
                new JournalFile(FILE, 8_001, 8_999, 39_000));
        PurgeLimit.Journal journal = new PurgeLimit.Journal(0, fatAtTheEnd);
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L), List.of(), journal, List.of(other("fe3", 7600))))
                .as("about 44,000 bytes by the average entry, 901,000 in truth")
                .isEqualTo(new PurgeLimit(8000, null));
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L), List.of(), journal, List.of(other("fe3", 7899))))
                .isEqualTo(new PurgeLimit(7899, new JournalHold("fe3", 101, 1_000)));
        List<JournalFile> thinAtTheEnd = List.of(
                new JournalFile(FILE, 0, 7_199, 9_000_000),
                new JournalFile(FILE, 7_200, 7_999, 8_000),
                fatAtTheEnd.get(3));
        assertThat(PurgeLimit.of(
                        POLICY,
                        List.of(9000L, 8000L),
                        List.of(),
                        new PurgeLimit.Journal(0, thinAtTheEnd),
                        List.of(other("fe3", 7300))))
                .as("about 700,000 bytes by the average entry, 8,000 in truth")
                .isEqualTo(new PurgeLimit(7300, new JournalHold("fe3", 700, 8_000)));
    }

    @Test
    void aMemberThatNeedsWhatIsGoneAlreadyHoldsTheRest() {
        PurgeLimit.Journal purged = journal(7900, 9_999);
        assertThat(PurgeLimit.of(POLICY, List.of(9000L, 8000L), List.of(), purged, List.of(other("fe3", -1))))
                .isEqualTo(new PurgeLimit(7899, new JournalHold("fe3", 101, 10_000)));
    }

    /** Whatever the numbers: never beyond the second image, never held for more than is granted. */
    @Test
    void theLimitIsNeverBeyondWhatTheImagesNeed() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 10_000; round++) {
            List<Long> images = LongStream.generate(() -> random.nextInt(10_000))
                    .limit(random.nextInt(5))
                    .boxed()
                    .sorted((a, b) -> Long.compare(b, a))
                    .toList();
            List<Long> pinned =
                    images.stream().filter(image -> random.nextInt(4) == 0).toList();
            List<PurgeLimit.Other> others = LongStream.generate(() -> random.nextInt(10_000) - 1)
                    .limit(random.nextInt(4))
                    .mapToObj(applied -> other("m" + applied, applied))
                    .toList();
            PurgeLimit limit = PurgeLimit.of(POLICY, images, pinned, JOURNAL, others);
            assertThat(limit.upTo()).isLessThanOrEqualTo(images.size() < 2 ? -1 : images.get(1));
            boolean granted = images.size() >= 2
                    && pinned.stream().allMatch(image -> images.get(1) - image <= 400); // Five files are granted.
            if (granted) {
                pinned.forEach(image -> assertThat(limit.upTo()).isLessThanOrEqualTo(image));
            }
            JournalHold hold = limit.hold();
            if (hold != null) {
                assertThat(hold.entries()).isBetween(1L, POLICY.laggardEntries());
                assertThat(hold.bytes()).isLessThanOrEqualTo(POLICY.laggardBytes());
            }
        }
    }

    private static PurgeLimit.Journal journal(long first, long last) {
        return new PurgeLimit.Journal(
                first,
                LongStream.iterate(first, begin -> begin < last, begin -> begin + 100)
                        .mapToObj(begin -> new JournalFile(FILE, begin, begin + 99, 10_000))
                        .toList());
    }

    private static PurgeLimit.Other other(String name, long applied) {
        return new PurgeLimit.Other(name, applied);
    }

    private static PurgeLimit limit(List<Long> images, PurgeLimit.Other... others) {
        return PurgeLimit.of(POLICY, images, List.of(), JOURNAL, List.of(others));
    }
}
