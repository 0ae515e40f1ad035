package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.snapshot.files.FaultPoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes are killed with SIGKILL while they recover, at each step, from directories and with the store open; the same recovery, begun again, comes to its end. */
class RecoveryKillTest {
    private static final List<String> STEPS = List.of("seal", "journal", "images", "state", "verify", "publish");
    private static final int SIDE_BY_SIDE = 2;

    /** Each point starts a process; odd, so that both ways are among those visited. */
    private static final int STRIDE = 3;

    @TempDir
    Path temporary;

    @Test
    void comesToItsEndWhereverTheProcessIsKilled() throws IOException {
        TwoOfThree left = TwoOfThree.killedIn(temporary);
        List<Callable<Integer>> points = new ArrayList<>();
        for (String step : STEPS) {
            points.add(() -> kill(left, "directories", step));
            points.add(() -> kill(left, "live", step));
        }
        List<Callable<Integer>> visited = FaultPoints.of(points, STRIDE);
        int killed = FaultPoints.runAll(visited, SIDE_BY_SIDE);
        System.out.println(
                "recovering processes: " + visited.size() + " started, " + killed + " killed before their end");
        assertThat(killed).isGreaterThanOrEqualTo(visited.size() / 2);
    }

    /** 1 when it was killed in time. */
    private int kill(TwoOfThree left, String how, String step) throws IOException {
        Path place = temporary.resolve(how + "-" + step);
        TwoOfThree copy = left.copiedTo(place);

        boolean inTime = copy.killedAt(step, () -> {}, place, how);

        copy.goOn();
        copy.check(how + ", killed at " + step);
        return inTime ? 1 : 0;
    }
}
