package io.metastore.raft.internal.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentEntriesTest {

    private static final int MIB = 1 << 20;

    private final RecentEntries recent = new RecentEntries();

    private void note(long first, int count, int bytes) {
        for (long index = first; index < first + count; index++) {
            recent.note(index, bytes);
        }
    }

    @Test
    void smallEntriesAreCountedAndLargeOnesAreAddedUp() {
        note(1, 5_000, 100);
        assertThat(recent.nearFrom(5_000)).isEqualTo(4_000);
        note(5_001, 10, 4 * MIB);
        assertThat(recent.nearFrom(5_010)).as("eight of 4 MiB").isEqualTo(5_002);
        note(5_011, 900, 0);
        assertThat(recent.nearFrom(5_910)).isEqualTo(5_002);
        note(5_911, 200, 0);
        assertThat(recent.nearFrom(6_110)).isEqualTo(5_110);
    }

    @Test
    void whatWasAppliedBeforeIsNotNear() {
        assertThat(recent.nearFrom(700)).isEqualTo(700);
        note(701, 1, 100);
        assertThat(recent.nearFrom(701)).isEqualTo(700);
        note(702, 10, 100);
        assertThat(recent.nearFrom(711)).isEqualTo(700);
        // when an image takes the place of entries
        note(9_000, 3, 100);
        assertThat(recent.nearFrom(9_002)).isEqualTo(8_999);
    }

    @Test
    void whatIsNotAppliedYetCountsAsAnEntryOfNoLength() {
        note(1, 20, 2 * MIB);
        assertThat(recent.nearFrom(20)).isEqualTo(4);
        assertThat(recent.nearFrom(25)).isEqualTo(4);
        assertThat(recent.nearFrom(2_000)).isEqualTo(1_000);
        assertThat(recent.nearFrom(2)).as("seen before it grew").isEqualTo(2);
    }

    /** The definition, entry by entry, for lengths of all kinds. */
    @Test
    void isWhatAddingUpSays() {
        long seed = System.nanoTime();
        System.out.println("recent entries: seed=" + seed);
        Random random = new Random(seed);
        int[] bytes = new int[4_000];
        for (int index = 1; index < bytes.length; index++) {
            bytes[index] = random.nextInt(100) == 0 ? random.nextInt(4 * MIB) : random.nextInt(40_000);
            recent.note(index, bytes[index]);
            long sum = 0;
            int from = index;
            while (from > 0 && index - (from - 1) <= Roster.NEAR_ENTRIES && sum + bytes[from] <= Roster.NEAR_BYTES) {
                sum += bytes[from];
                from--;
            }
            assertThat(recent.nearFrom(index))
                    .as("at " + index + " seed=" + seed)
                    .isEqualTo(from);
        }
    }
}
