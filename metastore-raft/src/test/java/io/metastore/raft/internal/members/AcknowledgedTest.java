package io.metastore.raft.internal.members;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcknowledgedTest {

    private final Acknowledged mark = new Acknowledged(5, 100, 90);

    @ParameterizedTest
    @CsvSource({
        "5, 100, false",
        "5, 101, false",
        "6, 95, false",
        "6, 90, false",
        "5, 99, true",
        "4, 100, true",
        "6, 89, true",
        "0, -1, true",
    })
    void olderCopyIsRecognisedAndOneThatWasCutOffIsNot(long term, long last, boolean forgotten) {
        assertThat(mark.isForgottenBy(term, last)).isEqualTo(forgotten);
    }

    @Test
    void laterTermCountsMoreThanALongerJournal() {
        Acknowledged later = new Acknowledged(6, 95, 80);
        assertThat(mark.and(later)).isEqualTo(new Acknowledged(6, 95, 90));
        assertThat(later.and(mark)).isEqualTo(new Acknowledged(6, 95, 90));
        assertThat(mark.and(null)).isEqualTo(mark);
        assertThat(Acknowledged.parse(mark.text())).isEqualTo(mark);
        assertThat(Acknowledged.parse("x")).isNull();
    }
}
