package io.metastore.raft.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.EpochBeginning;
import io.metastore.api.Fate;
import io.metastore.api.Fate.Kind;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The fate of receipts against what is really in the journal, in a model of clusters that are recovered again and again. {@code -Dfates=100000} for that many. */
class FateRuleTest {
    private static final int HISTORIES = Integer.getInteger("fates", 1_000);

    @Test
    void isWhatTheJournalHolds() {
        long first = Long.getLong("fates.seed", new Random().nextLong());
        Map<Kind, Integer> answers = new EnumMap<>(Kind.class);
        int exact = 0;
        for (int i = 0; i < HISTORIES; i++) {
            long seed = first + i;
            FateModel model = new FateModel(new Random(seed));
            model.run();
            FateRule rule = model.rule();
            for (FateModel.Receipt receipt : model.receipts()) {
                Fate fate = rule.of(receipt.revision());
                Supplier<String> what = () -> "again with -Dfates.seed=" + seed + ": "
                        + receipt.revision().epoch() + " " + receipt.revision().position() + " " + fate + "\n" + model;
                switch (fate.kind()) {
                    case KEPT -> assertThat(model.hasApplied(receipt)).as(what).isTrue();
                    case LOST ->
                        assertThat(model.hasCommitted(receipt)).as(what).isFalse();
                    case UNKNOWN -> assertThat(model.tellsAll()).as(what).isFalse();
                }
                answers.merge(fate.kind(), 1, Integer::sum);
                exact += model.tellsAll() ? 1 : 0;
            }
        }
        System.out.println("fates: " + answers + " of " + HISTORIES + " histories from seed " + first + " on");
        assertThat(answers.keySet()).containsExactlyInAnyOrder(Kind.values());
        assertThat(exact).as("receipts where nothing may be unknown").isPositive();
    }

    @Test
    void neverRecoveredAnswersForWhatIsApplied() {
        FateRule rule = new FateRule(1, revision(1, 10, 3, 20), new LogPosition(3, 21), List.of());

        assertThat(rule.of(revision(1, 10, 3, 20)).kind()).isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(1, 4, 1, 7)).kind()).isEqualTo(Kind.KEPT);
        assertThat(rule.of(Revision.NONE).kind()).isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(1, 11, 3, 22)).kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(rule.of(revision(2, 4, 1, 7)).reason()).contains("epoch 2 is not known here");
        assertThat(rule.of(revision(1, 4, 4, 7)).kind())
                .as("a later term cannot be there")
                .isEqualTo(Kind.LOST);
    }

    @Test
    void anEpochThatEndedKeepsWhatWasTakenOver() {
        List<LogPosition> terms = List.of(new LogPosition(2, 10), new LogPosition(4, 20));
        FateRule rule =
                new FateRule(2, revision(2, 40, 7, 60), new LogPosition(7, 60), List.of(beginning(2, 1, 4, 30, terms)));

        assertThat(rule.of(revision(1, 20, 4, 30)).kind()).isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(1, 21, 4, 31)).reason()).contains("behind (4, 30)");
        assertThat(rule.of(revision(1, 21, 4, 31)).kind()).isEqualTo(Kind.LOST);
        assertThat(rule.of(revision(1, 20, 5, 29)).kind())
                .as("another term there")
                .isEqualTo(Kind.LOST);
        assertThat(rule.of(revision(1, 9, 2, 9)).kind())
                .as("same term as the first known")
                .isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(1, 9, 3, 9)).kind()).as("terms never fall").isEqualTo(Kind.LOST);
        assertThat(rule.of(revision(1, 3, 1, 3)).kind()).as("purged before").isEqualTo(Kind.UNKNOWN);
        assertThat(rule.of(revision(2, 40, 7, 60)).kind()).isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(2, 12, 4, 25)).kind())
                .as("an answer given again")
                .isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(2, 41, 7, 61)).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void recordsOfEarlierBuildsHaveTheTipOnly() {
        FateRule rule = new FateRule(
                2, revision(2, 40, 7, 60), new LogPosition(7, 60), List.of(beginning(2, 1, 4, 30, List.of())));

        assertThat(rule.of(revision(1, 20, 4, 12)).kind()).isEqualTo(Kind.KEPT);
        assertThat(rule.of(revision(1, 20, 5, 12)).kind()).isEqualTo(Kind.LOST);
        assertThat(rule.of(revision(1, 20, 3, 12)).kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void nothingIsSaidBeforeTheBeginningIsApplied() {
        FateRule rule = new FateRule(2, revision(1, 40, 4, 60), new LogPosition(5, 61), List.of());

        assertThat(rule.of(revision(1, 20, 4, 12)).kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(rule.of(revision(1, 20, 4, 12)).reason()).contains("epoch 2");
    }

    @Test
    void anEpochThatWasTakenBackIsLost() {
        List<LogPosition> terms = List.of(new LogPosition(1, 0));
        FateRule rule =
                new FateRule(3, revision(3, 40, 7, 60), new LogPosition(7, 60), List.of(beginning(3, 1, 1, 30, terms)));

        assertThat(rule.of(revision(2, 12, 1, 12)).kind()).isEqualTo(Kind.LOST);
        assertThat(rule.of(revision(1, 12, 1, 12)).kind()).isEqualTo(Kind.KEPT);
    }

    static Beginning beginning(long epoch, long previous, long term, long index, List<LogPosition> terms) {
        return new Beginning(
                new EpochBeginning(
                        epoch,
                        previous,
                        new LogPosition(term, index),
                        "a@1",
                        Instant.EPOCH,
                        "",
                        "",
                        "",
                        List.of(),
                        List.of(),
                        new UUID(0, epoch)),
                terms,
                index);
    }

    private static Revision revision(long epoch, long number, long term, long index) {
        return new Revision(epoch, number, new LogPosition(term, index));
    }
}
