package io.metastore.raft.internal.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaderLossTest {
    private static final int SILENT_LOOKS_MAX = 12;

    private final LeaderLoss loss = new LeaderLoss(SILENT_LOOKS_MAX);

    @Test
    void isCertainAfterThreeRefusedLooksInARow() {
        for (int i = 1; i <= 3; i++) {
            assertThat(loss.isCertain()).isFalse();
            loss.look();
            loss.refused();
        }
        assertThat(loss.isCertain()).isTrue();
    }

    @Test
    void manyRefusalsAtOneLookAreOne() {
        loss.look();
        for (int i = 0; i < 10; i++) {
            loss.refused();
        }
        assertThat(loss.isCertain()).isFalse();
    }

    @Test
    void beginsAnewAfterASignOfLife() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 2; i++) {
                loss.look();
                loss.refused();
                assertThat(loss.isCertain()).isFalse();
            }
            loss.alive();
        }
        loss.look();
        loss.refused();
        assertThat(loss.isCertain()).isFalse();
    }

    @Test
    void slownessIsNoRefusalAndIsCertainOnlyAfterTheLongestElectionTimeout() {
        for (int i = 1; i < SILENT_LOOKS_MAX; i++) {
            loss.look();
            assertThat(loss.isCertain()).as("after %d silent looks", i).isFalse();
        }
        loss.look();
        assertThat(loss.isCertain()).isTrue();
        loss.alive();
        assertThat(loss.isCertain()).isFalse();
    }

    @Test
    void refusalsNeedNotBeAtLooksNextToEachOther() {
        for (int i = 0; i < 3; i++) {
            loss.look(); // The question was not answered in time.
            loss.look();
            loss.refused();
        }
        assertThat(loss.isCertain()).isTrue();
    }
}
