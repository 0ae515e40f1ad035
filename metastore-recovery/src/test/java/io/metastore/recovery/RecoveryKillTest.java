package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.snapshot.files.FaultPoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes are killed with SIGKILL while they recover, at each step, from directories and with the store open, and in the middle of each change of a file while they go
 * on with that or take it back; the same, begun again, comes to its end.
 */
class RecoveryKillTest {
    private static final List<String> STEPS = List.of("seal", "journal", "images", "state", "verify", "publish");
    private static final int SIDE_BY_SIDE = 2;

    /** Each point starts a process; odd, so that both ways are among those visited. */
    private static final int STRIDE = 5;

    /** Of the changes of files, which are many: about as many processes as for the steps. */
    private static final int CHANGES_STRIDE = 52;

    @TempDir
    Path temporary;

    @Test
    void comesToItsEndWhereverTheProcessIsKilled() throws IOException {
        TwoOfThree left = TwoOfThree.killedIn(temporary);
        List<Callable<Integer>> steps = new ArrayList<>();
        for (String step : STEPS) {
            steps.add(() -> kill(left, "directories", step));
            steps.add(() -> kill(left, "live", step));
        }
        List<Callable<Integer>> visited = FaultPoints.of(steps, STRIDE);
        int killed = FaultPoints.runAll(visited, SIDE_BY_SIDE);
        System.out.println(
                "recovering processes: " + visited.size() + " started, " + killed + " killed before their end");
        assertThat(killed).isGreaterThanOrEqualTo(visited.size() / 2);

        List<Callable<Integer>> changes = new ArrayList<>();
        for (Work work : Work.values()) {
            int count = changes(left, work);
            assertThat(count).as("%s", work).isGreaterThan(5);
            for (int change = 0; change < count; change++) {
                int at = change;
                changes.add(() -> kill(left, work, at));
            }
        }
        List<Callable<Integer>> killedThere = FaultPoints.of(changes, CHANGES_STRIDE);
        assertThat(FaultPoints.runAll(killedThere, SIDE_BY_SIDE))
                .as("each was killed in the middle of it")
                .isEqualTo(killedThere.size());
    }

    /** What the process does, with a recovery that was applied up to a step. */
    private enum Work {
        RESUME("journal"),
        ABORT("publish"),
        UNDO("");

        final String appliedUntil;

        Work(String appliedUntil) {
            this.appliedUntil = appliedUntil;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private TwoOfThree begun(TwoOfThree left, Work work, String name) throws IOException {
        TwoOfThree copy = left.copiedTo(temporary.resolve(work.word() + "-" + name));
        copy.applyUntil(work.appliedUntil);
        return copy;
    }

    private int changes(TwoOfThree left, Work work) throws IOException {
        TwoOfThree copy = begun(left, work, "whole");
        List<Path> directories = List.of(copy.own().toRealPath(), copy.other().toRealPath());
        return WaitingDisk.changesOf(files -> RecoveringProcess.goOnOrBack(work.word(), files, directories));
    }

    private int kill(TwoOfThree left, Work work, int change) throws IOException {
        TwoOfThree copy = begun(left, work, String.valueOf(change));

        boolean inTime = copy.killedBefore(change, copy.own().getParent(), work.word());

        switch (work) {
            case RESUME -> copy.goOn();
            case ABORT -> copy.takeBack(Recovery::abort);
            case UNDO -> copy.takeBack(Recovery::undo);
        }
        if (work != Work.RESUME) {
            copy.applyUntil("");
        }
        copy.check(work + ", killed before change " + change);
        return inTime ? 1 : 0;
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
