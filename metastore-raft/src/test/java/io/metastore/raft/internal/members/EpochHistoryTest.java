package io.metastore.raft.internal.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.internal.members.EpochHistory.Relation;
import io.metastore.raft.internal.members.EpochHistory.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EpochHistoryTest {
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);

    /** All histories of up to three recoveries, each by one of two: one is a beginning of the other, or they are split. */
    @Test
    void relationIsThatOfBeginnings() {
        List<EpochHistory> all = new ArrayList<>();
        all.add(new EpochHistory(1, List.of()));
        for (int from = 0, depth = 0; depth < 3; depth++) {
            int to = all.size();
            for (; from < to; from++) {
                for (UUID recovery : List.of(ONE, TWO)) {
                    List<Step> steps = new ArrayList<>(all.get(from).steps());
                    steps.add(new Step(depth + 2, recovery));
                    all.add(new EpochHistory(depth + 2, steps));
                }
            }
        }
        assertThat(all).hasSize(15);
        for (EpochHistory one : all) {
            for (EpochHistory other : all) {
                Relation expected = one.equals(other)
                        ? Relation.SAME
                        : isBeginning(one, other)
                                ? Relation.AHEAD
                                : isBeginning(other, one) ? Relation.BEHIND : Relation.SPLIT;
                assertThat(one.relationOf(other)).as("%s to %s", one, other).isEqualTo(expected);
                if (expected == Relation.AHEAD) {
                    assertThat(one.left(other).epoch()).isEqualTo(one.epoch() + 1);
                }
            }
        }
    }

    private static boolean isBeginning(EpochHistory one, EpochHistory of) {
        return of.steps().size() > one.steps().size()
                && of.steps().subList(0, one.steps().size()).equals(one.steps());
    }

    @Test
    void isToldAndHeard() {
        EpochHistory history = new EpochHistory(4, List.of(new Step(2, ONE), new Step(4, TWO)));
        assertThat(EpochHistory.heard(
                        MemberFacts.decode(history.tell(MemberFacts.of()).encode())))
                .isEqualTo(history);
        assertThat(EpochHistory.heard(MemberFacts.of())).isNull();
        assertThat(EpochHistory.heard(MemberFacts.of().with("epoch", 2)))
                .as("not known yet")
                .isNull();
        for (String broken : List.of("2", "x:" + ONE, "2:x", "2:" + ONE + ";3:" + TWO)) {
            assertThat(EpochHistory.heard(MemberFacts.of().with("epoch", 2).with("epochs", broken)))
                    .as(broken)
                    .isNull();
        }
    }

    @Test
    void beginningOfItsEpochMustBeKnown() {
        assertThat(EpochHistory.of(1, List.of(), Optional.empty())).isEqualTo(new EpochHistory(1, List.of()));
        assertThat(EpochHistory.of(2, List.of(), Optional.empty())).isNull();
        assertThat(EpochHistory.of(2, List.of(), Optional.of(new Step(2, ONE))))
                .isEqualTo(new EpochHistory(2, List.of(new Step(2, ONE))));
    }
}
