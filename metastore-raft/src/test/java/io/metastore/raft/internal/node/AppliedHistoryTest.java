package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AppliedHistoryTest {

    private static final long SECOND = 1_000_000_000;

    private final AppliedHistory history = new AppliedHistory();

    @Test
    void whoLacksTheLastEntriesIsAsOldAsTheyAre() {
        history.note(10, 1 * SECOND);
        history.note(20, 2 * SECOND);
        history.note(30, 3 * SECOND);
        assertThat(history.ago(30, 5 * SECOND)).isEqualTo(Duration.ofSeconds(2));
        assertThat(history.ago(29, 5 * SECOND)).isEqualTo(Duration.ofSeconds(3));
        assertThat(history.ago(10, 5 * SECOND)).isEqualTo(Duration.ofSeconds(4));
        assertThat(history.ago(9, 5 * SECOND)).as("before what is remembered").isNull();
    }

    @Test
    void timeInWhichNothingWasWrittenMakesNobodyOlder() {
        for (int second = 1; second <= 600; second++) {
            history.note(10, second * SECOND);
        }
        history.note(11, 601 * SECOND);
        assertThat(history.ago(10, 602 * SECOND)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        for (int i = 1; i <= 1_000; i++) {
            history.note(i, i * SECOND);
        }
        assertThat(history.ago(400, 1_000 * SECOND)).isNull();
        assertThat(history.ago(401, 1_000 * SECOND)).isEqualTo(Duration.ofSeconds(599));
    }
}
