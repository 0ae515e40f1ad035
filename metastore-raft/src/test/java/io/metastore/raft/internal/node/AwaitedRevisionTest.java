package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.Fate;
import io.metastore.api.Fate.Kind;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import org.junit.jupiter.api.Test;

/** When the waiting for a revision is over, by the epochs of the revision, the state and the directory. */
class AwaitedRevisionTest {
    private static final EpochName FIRST = new EpochName(1, Long.MAX_VALUE);
    /** Epoch 2 of a directory that went on from entry 20. */
    private static final EpochName WENT_ON = new EpochName(2, 20);
    /** Epoch 2 of a directory that came in later. */
    private static final EpochName CAME_IN = new EpochName(2, Long.MAX_VALUE);

    private Revision state = Revision.NONE;
    private Kind fate = Kind.UNKNOWN;
    private int asked;

    private static Revision revision(long epoch, long number, long index) {
        return new Revision(epoch, number, new LogPosition(epoch, index));
    }

    private AwaitedRevision awaited(Revision revision, EpochName directory) {
        return new AwaitedRevision(revision, directory, () -> state, any -> {
            asked++;
            return new Fate(fate, "as asked");
        });
    }

    @Test
    void numbersDecideInOneEpochAndNobodyIsAsked() {
        AwaitedRevision awaited = awaited(revision(1, 10, 15), FIRST);
        state = revision(1, 9, 14);
        assertThat(awaited.getAsBoolean()).isFalse();
        state = revision(1, 10, 15);
        assertThat(awaited.getAsBoolean()).isTrue();
        assertThat(awaited.lost()).isNull();
        assertThat(asked).isZero();
    }

    /** The numbers of the old epoch go beyond those of the new one. */
    @Test
    void memberOfAnEarlierEpochNeverContainsItWhateverItsNumber() {
        state = revision(1, 99, 120);
        AwaitedRevision awaited = awaited(revision(2, 10, 30), FIRST);
        assertThat(awaited.getAsBoolean()).isFalse();
        assertThat(awaited.lost()).isNull();
    }

    @Test
    void receiptOfTheEpochOfTheDirectoryCountsBeforeItsBeginningIsApplied() {
        state = revision(1, 10, 25);
        assertThat(awaited(revision(2, 10, 25), WENT_ON).getAsBoolean()).isTrue();
        assertThat(awaited(revision(2, 11, 26), WENT_ON).getAsBoolean()).isFalse();
    }

    @Test
    void whatIsBehindTheTipIsLostAtOnceWhereTheTipIsKnown() {
        state = revision(1, 8, 20);
        AwaitedRevision awaited = awaited(revision(1, 10, 25), WENT_ON);
        assertThat(awaited.getAsBoolean()).isTrue();
        assertThat(awaited.lost()).contains("index 20");
    }

    /** Its number has come again by then. */
    @Test
    void whatIsLostIsNotTakenForWhatHasItsNumberNow() {
        AwaitedRevision awaited = awaited(revision(1, 10, 25), CAME_IN);
        state = revision(1, 12, 30); // The beginning is not applied yet: nobody can tell.
        assertThat(awaited.getAsBoolean()).isFalse();
        fate = Kind.LOST;
        assertThat(awaited.getAsBoolean()).as("asked once for each epoch").isFalse();
        state = revision(2, 12, 30);
        assertThat(awaited.getAsBoolean()).isTrue();
        assertThat(awaited.lost()).isEqualTo("as asked");
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void whatWasKeptIsWaitedForByItsNumber() {
        fate = Kind.KEPT;
        AwaitedRevision awaited = awaited(revision(1, 10, 15), WENT_ON);
        state = revision(1, 9, 14);
        assertThat(awaited.getAsBoolean()).isFalse();
        state = revision(1, 10, 15);
        assertThat(awaited.getAsBoolean()).isTrue();
        assertThat(awaited.lost()).isNull();
    }

    /** The journal was purged too far for the terms to tell. */
    @Test
    void whatNobodyCanTellAnyMoreGoesByItsNumber() {
        AwaitedRevision awaited = awaited(revision(1, 10, 15), WENT_ON);
        state = revision(2, 9, 21);
        assertThat(awaited.getAsBoolean()).isFalse();
        state = revision(2, 10, 22);
        assertThat(awaited.getAsBoolean()).isTrue();
        assertThat(awaited.lost()).isNull();
    }
}
