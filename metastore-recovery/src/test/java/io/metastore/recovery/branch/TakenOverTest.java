package io.metastore.recovery.branch;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.recovery.branch.TakenOver.Fork;
import io.metastore.recovery.journal.TermRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where two journals part, against comparing them entry by entry. */
class TakenOverTest {

    @Test
    void partsWhereTheEntriesDiffer() {
        long first = Long.getLong("forks.seed", new Random().nextLong());
        int exact = 0;
        int inexact = 0;
        for (int i = 0; i < 20_000; i++) {
            Random random = new Random(first + i);
            List<Long> shared = new ArrayList<>();
            grow(random, shared, 1, random.nextInt(8));
            List<Long> one = new ArrayList<>(shared);
            List<Long> other = new ArrayList<>(shared);
            long last = shared.isEmpty() ? 1 : shared.get(shared.size() - 1);
            // From one entry on they have entries of different leaders, of whom one may be the leader of before.
            grow(random, one, last + 1 + random.nextInt(2) * 2L, random.nextInt(5));
            grow(random, other, last + 2, random.nextInt(5));
            one.add(one.isEmpty() ? 1 : one.get(one.size() - 1));
            int oneFirst = random.nextInt(one.size());
            int otherFirst = other.isEmpty() ? 0 : random.nextInt(other.size());
            int truth = 0;
            while (truth < Math.min(one.size(), other.size()) && one.get(truth).equals(other.get(truth))) {
                truth++;
            }
            Fork fork = new TakenOver(
                            positions(one, oneFirst), new LogPosition(one.get(one.size() - 1), one.size() - 1))
                    .fork(runs(other, otherFirst), other.size() - 1L);
            String what = "again with -Dforks.seed=" + (first + i) + ": " + one + " from " + oneFirst + ", " + other
                    + " from " + otherFirst + ", " + fork;
            if (fork.exact()) {
                assertThat(fork.index()).as(what).isEqualTo(Math.max(truth, otherFirst));
                exact++;
            } else {
                assertThat(fork.index()).as(what).isGreaterThanOrEqualTo(truth);
                inexact++;
            }
        }
        assertThat(exact).isPositive();
        assertThat(inexact).isPositive();
    }

    private static void grow(Random random, List<Long> terms, long from, int count) {
        long term = from;
        for (int i = 0; i < count; i++) {
            terms.add(term);
            term += random.nextInt(3) == 0 ? 2 : 0;
        }
    }

    private static List<LogPosition> positions(List<Long> terms, int from) {
        List<LogPosition> starts = new ArrayList<>();
        for (int i = from; i < terms.size(); i++) {
            if (starts.isEmpty() || starts.get(starts.size() - 1).term() != terms.get(i)) {
                starts.add(new LogPosition(terms.get(i), i));
            }
        }
        return starts;
    }

    private static List<TermRun> runs(List<Long> terms, int from) {
        return positions(terms, from).stream()
                .map(each -> new TermRun(each.term(), each.index()))
                .toList();
    }
}
