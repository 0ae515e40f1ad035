package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.raft.internal.node.Divergence.Finding;
import io.metastore.raft.internal.node.FingerprintMarks.Mark;
import org.junit.jupiter.api.Test;

class DivergenceTest {

    private static final String A = "a".repeat(32);
    private static final String B = "b".repeat(32);

    private final FingerprintMarks marks = new FingerprintMarks();
    private final Divergence divergence = new Divergence(marks);

    @Test
    void oneAgainstTwoOfThreeIsWrong() {
        marks.add(1000, A);
        assertThat(divergence.heard("fe2", new Mark(1000, B), 3)).isEqualTo(new Finding.Undecided("fe2", 1000, A, B));
        assertThat(divergence.heard("fe3", new Mark(1000, B), 3)).isEqualTo(new Finding.Self(1000, A, B));
    }

    @Test
    void twoOfThreeAreRightAndNameTheThird() {
        marks.add(1000, A);
        assertThat(divergence.heard("fe2", new Mark(1000, A), 3)).isNull();
        assertThat(divergence.heard("fe3", new Mark(1000, B), 3)).isEqualTo(new Finding.Other("fe3", 1000, A, B));
        assertThat(divergence.findings()).containsOnlyKeys("fe3");
        assertThat(divergence.agreed()).isEqualTo(1000);
    }

    @Test
    void oneAgainstOneIsUndecided() {
        marks.add(1000, A);
        assertThat(divergence.heard("fe2", new Mark(1000, B), 2)).isEqualTo(new Finding.Undecided("fe2", 1000, A, B));
    }

    @Test
    void onlyTheSamePositionIsCompared() {
        marks.add(1000, A);
        assertThat(divergence.heard("fe2", new Mark(2000, B), 3)).isNull();
        assertThat(divergence.heard("fe3", new Mark(2000, B), 3)).isNull();
        marks.add(2000, B);
        assertThat(divergence.heard("fe2", new Mark(2000, B), 3)).isNull();
        assertThat(divergence.findings()).isEmpty();
    }

    @Test
    void aMemberThatAgreesAgainIsNotNamedAnyMore() {
        marks.add(1000, A);
        marks.add(2000, B);
        divergence.heard("fe2", new Mark(1000, A), 3);
        divergence.heard("fe3", new Mark(1000, B), 3);
        assertThat(divergence.heard("fe3", new Mark(2000, B), 3)).isNull();
        assertThat(divergence.findings()).isEmpty();
    }

    @Test
    void marksAreWrittenAndReadAsText() {
        Mark mark = new Mark(123_000, A);
        assertThat(Mark.parse(mark.toString())).isEqualTo(mark);
        for (String other : new String[] {
            "", "x", "1:", ":" + A, "1:" + A + "0", "-1:" + A, "1:" + A.toUpperCase(java.util.Locale.ROOT)
        }) {
            assertThat(Mark.parse(other)).as(other).isNull();
        }
    }
}
