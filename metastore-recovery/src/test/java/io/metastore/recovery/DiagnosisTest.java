package io.metastore.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.LogPosition;
import io.metastore.recovery.journal.Membership;
import io.metastore.recovery.journal.TermRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Verdicts, epochs and divergence of copies that were made up; {@link VerdictModelTest} has all that can happen to small groups. */
class DiagnosisTest {
    private static final Membership ABC = Membership.stable(0, Set.of("a@1", "b@1", "c@1"));

    /** A voter's own disk: entries of terms that begin at some indexes, up to a last one. */
    private static Copy copy(String name, long last, long... termsAndFirsts) {
        return copy(name, 1, last, last, true, termsAndFirsts);
    }

    private static Copy copy(
            String name, long epoch, long last, long lastIndexMax, boolean complete, long... termsAndFirsts) {
        List<TermRun> terms = new ArrayList<>();
        for (int i = 0; i < termsAndFirsts.length; i += 2) {
            terms.add(new TermRun(termsAndFirsts[i], termsAndFirsts[i + 1]));
        }
        long term = terms.get(terms.size() - 1).term();
        return new Copy(
                name,
                "1",
                epoch,
                true,
                false,
                complete,
                term,
                terms,
                new LogPosition(term, last),
                lastIndexMax,
                Math.min(10, last),
                List.of(ABC));
    }

    private static Copy alive(Copy copy) {
        return new Copy(
                copy.name(),
                copy.incarnation(),
                copy.epoch(),
                copy.voter(),
                true,
                copy.complete(),
                copy.term(),
                copy.terms(),
                copy.last(),
                copy.lastIndexMax(),
                copy.committed(),
                copy.memberships());
    }

    @Test
    void isBoundedByWhatADamagedVoterCanHaveHeld() {
        Diagnosis diagnosis = Diagnosis.of(List.of(copy("a", 20, 1, 0), copy("b", 1, 15, 30, false, 1, 0)));
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.BOUNDED);
        assertThat(diagnosis.verdict().firstAtRisk()).isEqualTo(11);
        assertThat(diagnosis.verdict().lastAtRisk()).isEqualTo(30);
        assertThat(diagnosis.refusal()).isEmpty();
    }

    @Test
    void ofSeveralDamagedCopiesOfAVoterTheHighestBoundHolds() {
        Copy image = copy("image", 1, 12, Long.MAX_VALUE, false, 1, 12);
        Diagnosis diagnosis = Diagnosis.of(List.of(
                copy("a", 20, 1, 0),
                copy("a", 1, 10, Long.MAX_VALUE, false, 1, 0),
                copy("b", 1, 15, 30, false, 1, 0),
                copy("b", 1, 18, 25, false, 1, 0),
                image));
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.BOUNDED);
        assertThat(diagnosis.verdict().lastAtRisk()).isEqualTo(30);
    }

    @Test
    void isUnboundedWhenNothingBoundsADamagedVoter() {
        Diagnosis diagnosis = Diagnosis.of(List.of(copy("a", 20, 1, 0), copy("b", 1, 15, Long.MAX_VALUE, false, 1, 0)));
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
    }

    @Test
    void isUnboundedWhenTheOthersAreAMajority() {
        Verdict verdict = Diagnosis.of(List.of(copy("a", 20, 1, 0))).verdict();
        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
        assertThat(verdict.lastAtRisk()).isEqualTo(Long.MAX_VALUE);
        assertThat(verdict.evidence()).anyMatch(each -> each.contains("surveyed=1 voters=[a@1, b@1, c@1]"));
    }

    @Test
    void isUnboundedWithoutAMembership() {
        Copy a = copy("a", 20, 1, 0);
        Copy without = new Copy("a", "1", 1, true, false, true, 1, a.terms(), a.last(), 20, 10, List.of());
        assertThat(Diagnosis.of(List.of(without)).verdict().kind()).isEqualTo(Verdict.Kind.UNBOUNDED);
    }

    @Test
    void refusesWhileAMajorityIsAlive() {
        Diagnosis diagnosis =
                Diagnosis.of(List.of(alive(copy("a", 20, 1, 0)), alive(copy("b", 20, 1, 0)), copy("c", 5, 1, 0)));
        Refusal refusal = diagnosis.refusal().orElseThrow();
        assertThat(refusal.kind()).isEqualTo(Refusal.Kind.QUORUM_ALIVE);
        assertThat(refusal.message()).contains("alive=[a@1, b@1]", "replace the others");
        assertThat(Diagnosis.of(List.of(alive(copy("a", 20, 1, 0)), copy("b", 20, 1, 0)))
                        .refusal())
                .isEmpty();
    }

    @Test
    void twoCopiesOfOneLivingMemberAreNoMajority() {
        assertThat(Diagnosis.of(List.of(alive(copy("a", 20, 1, 0)), alive(copy("a", 18, 1, 0))))
                        .refusal())
                .isEmpty();
    }

    @Test
    void aLaterEpochIsFresherThanAnyLog() {
        Copy recovered = copy("c", 2, 30, 30, true, 1, 0, 9, 25);
        Diagnosis diagnosis = Diagnosis.of(List.of(copy("a", 900, 50, 0), copy("b", 900, 50, 0), recovered));
        assertThat(diagnosis.candidates().get(0)).isEqualTo(recovered);
        assertThat(diagnosis.verdict().kind())
                .as("those of the epoch before prove nothing")
                .isEqualTo(Verdict.Kind.UNBOUNDED);
        assertThat(diagnosis.divergences()).isEmpty();
    }

    @Test
    void purgedLogsAreComparedByWhatIsLeft() {
        Copy purged = copy("a", 200, 4, 100);
        Copy longer = copy("b", 210, 3, 0, 4, 90);
        Diagnosis diagnosis = Diagnosis.of(List.of(purged, longer));
        assertThat(purged.sameUpTo(longer)).isEqualTo(200);
        assertThat(diagnosis.verdict().kind()).isEqualTo(Verdict.Kind.PROVEN_NONE);
        assertThat(diagnosis.candidates().get(0)).isEqualTo(longer);
        assertThat(diagnosis.divergences()).isEmpty();
    }

    @Test
    void findsTheFirstIndexAtWhichLogsDiffer() {
        Copy freshest = copy("b", 50, 1, 0, 3, 40);
        Copy other = copy("a", 60, 1, 0, 2, 45);
        Divergence found = Diagnosis.of(List.of(other, freshest)).divergences().get(0);
        assertThat(found).isEqualTo(new Divergence(freshest, other, 40, true));
        assertThat(found.toString()).isEqualTo("a@1 differs from b@1 from index 40 on: last=(2, 60) and (3, 50)");
        assertThat(freshest.sameUpTo(other)).isEqualTo(39);
    }

    @Test
    void aShorterLogThatIsTheBeginningOfTheOtherDoesNotDiffer() {
        assertThat(Diagnosis.of(List.of(copy("a", 60, 1, 0, 2, 45), copy("b", 44, 1, 0)))
                        .divergences())
                .isEmpty();
    }

    @Test
    void saysWhenEntriesWerePurgedThatWouldShowWhereLogsDiffer() {
        Copy freshest = copy("b", 150, 5, 100);
        Copy other = copy("a", 120, 1, 0, 4, 90);
        assertThat(Diagnosis.of(List.of(other, freshest)).divergences())
                .containsExactly(new Divergence(freshest, other, 100, false));
    }

    /** Every pair of logs of up to five entries in three terms, against a comparison entry by entry. */
    @Test
    void differencesAreThoseOfTheEntries() {
        List<long[]> logs = new ArrayList<>();
        grow(new long[0], logs);
        int differing = 0;
        for (long[] one : logs) {
            for (long[] other : logs) {
                int shorter = Math.min(one.length, other.length);
                int mismatch = Arrays.mismatch(one, other);
                boolean differ = mismatch >= 0 && mismatch < shorter;
                if (differ && IntStream.range(mismatch, shorter).anyMatch(i -> one[i] == other[i])) {
                    continue; // Two entries of one index and term are one, and so are all before them.
                }
                List<Divergence> found = Diagnosis.of(List.of(copyOf("a", one), copyOf("b", other)))
                        .divergences();
                assertThat(found).as("%s %s", one, other).hasSize(differ ? 1 : 0);
                if (differ) {
                    differing++;
                    assertThat(found.get(0).firstDiffering()).isEqualTo(mismatch);
                    assertThat(found.get(0).exact()).isTrue();
                }
            }
        }
        assertThat(differing).isGreaterThan(100);
    }

    private static void grow(long[] log, List<long[]> logs) {
        if (log.length > 0) {
            logs.add(log);
        }
        for (long term = log.length == 0 ? 1 : log[log.length - 1]; term <= 3 && log.length < 5; term++) {
            long[] longer = Arrays.copyOf(log, log.length + 1);
            longer[log.length] = term;
            grow(longer, logs);
        }
    }

    private static Copy copyOf(String name, long[] log) {
        List<TermRun> terms = new ArrayList<>();
        for (int i = 0; i < log.length; i++) {
            if (i == 0 || log[i] != log[i - 1]) {
                terms.add(new TermRun(log[i], i));
            }
        }
        LogPosition last = new LogPosition(log[log.length - 1], log.length - 1);
        return new Copy(name, "1", 1, true, false, true, last.term(), terms, last, last.index(), -1, List.of(ABC));
    }
}
