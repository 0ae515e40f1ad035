package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.internal.members.MemberFacts;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who sets the measure for the journals of all. */
class LineTest {

    private static MemberFacts telling(long last, long nearFrom) {
        return MemberFacts.of().with("last", last).with("nearFrom", nearFrom);
    }

    @Test
    void theLeaderDoesThoughOthersHaveMoreAndWithoutItWhoHasMost() {
        Map<String, MemberFacts> told =
                Map.of("fe1", telling(5_000, 4_990), "fe2", telling(5_003, 4_200), "fe3", telling(9, 9));
        assertThat(Line.of(told, "fe1")).isEqualTo(new Line(5_000, 4_990));
        assertThat(Line.of(told, null)).isEqualTo(new Line(5_003, 4_200));
        assertThat(Line.of(told, "fe4")).as("it does not answer").isEqualTo(new Line(5_003, 4_200));
    }

    /** While a cluster is restarted member by member with a new build, it is asked whether the next one may be stopped. */
    @Test
    void byALeaderOfAnEarlierBuildEntriesAreCounted() {
        Map<String, MemberFacts> told = Map.of("fe1", MemberFacts.of().with("last", 50_000), "fe2", telling(7, 7));
        assertThat(Line.of(told, "fe1")).isEqualTo(new Line(50_000, 49_000));
    }
}
