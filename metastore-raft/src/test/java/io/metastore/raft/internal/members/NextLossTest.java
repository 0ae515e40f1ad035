package io.metastore.raft.internal.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NextLossTest {

    /** By the definition: voters are numbered, the first ones are up, and the last of these is the next to be lost. */
    @Test
    void saysWhatMajoritiesSay() {
        for (int voters = 1; voters <= 9; voters++) {
            for (int up = 0; up <= voters; up++) {
                boolean writes = isMajority(up, voters);
                boolean writesOn = isMajority(up - 1, voters);
                Optional<NextLoss> found = NextLoss.of(voters, up);
                assertThat(found.isPresent())
                        .as("voters=%d up=%d", voters, up)
                        .isEqualTo(voters > 1 && writes && !writesOn);
                boolean missingDecideAlone = isMajority(voters - up + 1, voters);
                found.ifPresent(loss -> assertThat(loss.provable()).isEqualTo(!missingDecideAlone));
            }
        }
    }

    private static boolean isMajority(int some, int voters) {
        return 2 * some > voters;
    }

    @Test
    void twoOfThreeAndThreeOfFour() {
        assertThat(NextLoss.of(3, 3)).isEmpty();
        assertThat(NextLoss.of(3, 2))
                .get()
                .extracting(NextLoss::text)
                .asString()
                .contains("up=2", "UNBOUNDED");
        assertThat(NextLoss.of(4, 3))
                .get()
                .extracting(NextLoss::text)
                .asString()
                .contains("up=3", "PROVEN_NONE");
        assertThat(NextLoss.of(1, 1)).isEmpty();
    }
}
