package io.metastore.test.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories written by hand, each with a name for what happens in it. */
class LinearizabilityCheckerTest {
    private static final RegisterParser PARSER = new RegisterParser();

    private static Verdict byValue(String operations) {
        return check(RegisterModel.ofValues(), operations);
    }

    private static Verdict byVersion(String operations) {
        return check(RegisterModel.versioned(), operations);
    }

    private static Verdict check(RegisterModel model, String operations) {
        return new LinearizabilityChecker<>(model).check(History.parse("metastore-history 1\n" + operations, PARSER));
    }

    private static void assertLinearizable(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Linearizable.class);
    }

    private static void assertNotLinearizable(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.NotLinearizable.class);
    }

    @Test
    void acceptsEmptyHistory() {
        assertLinearizable(byValue(""));
    }

    @Test
    void acceptsSequentialOperations() {
        assertLinearizable(byVersion("""
                0 1 c0 ok "k" read => absent
                2 3 c0 ok "k" write "a" => done 1
                4 5 c1 ok "k" cas "a" "b" => done 2
                6 7 c1 ok "k" cas "a" "c" => conflict 2
                8 9 c0 ok "k" replace 2 "d" => done 3
                10 11 c0 ok "k" replace 2 "e" => conflict 3
                12 13 c0 ok "k" read => value "d" 3
                14 15 c0 ok "k" remove => done
                16 17 c0 ok "k" read => absent
                18 19 c0 ok "k" replace 0 "f" => done 1
                """));
    }

    @Test
    void acceptsOverlappingReadsThatSeeOldAndNew() {
        assertLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 9 c0 ok "k" write "b" => done
                3 4 c1 ok "k" read => value "a"
                5 6 c2 ok "k" read => value "b"
                """));
    }

    @Test
    void refutesReadsThatGoBackToTheOldValue() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 9 c0 ok "k" write "b" => done
                3 4 c1 ok "k" read => value "b"
                5 6 c2 ok "k" read => value "a"
                """));
    }

    @Test
    void refutesStaleRead() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 3 c0 ok "k" write "b" => done
                4 5 c1 ok "k" read => value "a"
                """));
    }

    @Test
    void takesOperationsThatTouchInTimeAsOverlapping() {
        assertLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 3 c0 ok "k" write "b" => done
                3 4 c1 ok "k" read => value "a"
                """));
    }

    @Test
    void refutesReadOfValueNeverWritten() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 3 c1 ok "k" read => value "b"
                """));
    }

    @Test
    void refutesReadOfValueFromTheFuture() {
        assertNotLinearizable(byValue("""
                0 1 c1 ok "k" read => value "a"
                2 3 c0 ok "k" write "a" => done
                """));
    }

    @Test
    void refutesReadOfFailedWrite() {
        assertNotLinearizable(byValue("""
                0 1 c0 failed "k" write "a"
                2 3 c1 ok "k" read => value "a"
                """));
    }

    @Test
    void refutesLostAcknowledgedWrite() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 3 c0 ok "k" read => absent
                """));
    }

    @Test
    void refutesLostUpdateBetweenTwoCompareAndSets() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "0" => done
                2 9 c0 ok "k" cas "0" "1" => done
                3 8 c1 ok "k" cas "0" "2" => done
                """));
    }

    @Test
    void refutesCompareAndSetAppliedTwice() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 3 c0 ok "k" cas "a" "b" => done
                4 5 c1 ok "k" write "a" => done
                6 7 c1 ok "k" read => value "b"
                """));
    }

    @Test
    void refutesConflictThatNothingExplains() {
        assertNotLinearizable(byValue("""
                0 1 c0 ok "k" write "a" => done
                2 3 c0 ok "k" cas "a" "b" => conflict
                """));
    }

    @Test
    void refutesOverwrittenLostWriteByItsVersion() {
        String lostInTheMiddle = """
                0 1 c0 ok "k" write "a" => done 1
                2 3 c0 ok "k" write "b" => done
                4 5 c0 ok "k" write "c" => done 2
                """;
        assertNotLinearizable(byVersion(lostInTheMiddle));
        assertLinearizable(byValue(lostInTheMiddle));
    }

    @Test
    void refutesWriteAppliedTwiceByItsVersion() {
        assertNotLinearizable(byVersion("""
                0 1 c0 ok "k" write "a" => done 1
                2 3 c0 ok "k" read => value "a" 2
                """));
    }

    @Test
    void acceptsUnknownWriteThatNeverShows() {
        assertLinearizable(byVersion("""
                0 - c0 unknown "k" write "a"
                2 3 c1 ok "k" read => absent
                4 5 c1 ok "k" write "b" => done 1
                """));
    }

    @Test
    void acceptsUnknownWriteThatShowsLate() {
        assertLinearizable(byVersion("""
                0 - c0 unknown "k" write "a"
                2 3 c1 ok "k" write "b" => done 1
                4 5 c1 ok "k" read => value "b" 1
                6 7 c1 ok "k" read => value "a" 2
                """));
    }

    @Test
    void refutesUnknownWriteThatShowsGoesAndShowsAgain() {
        String twice = """
                0 - c0 unknown "k" write "a"
                2 3 c1 ok "k" read => value "a"
                4 5 c1 ok "k" write "b" => done
                6 7 c1 ok "k" read => value "b"
                8 9 c1 ok "k" read => value "a"
                """;
        assertNotLinearizable(byValue(twice));
        assertNotLinearizable(byVersion(twice));
    }

    @Test
    void acceptsValueThatShowsTwiceIfTwoUnknownOperationsWroteIt() {
        assertLinearizable(byValue("""
                0 - c0 unknown "k" write "a"
                1 - c2 unknown "k" write "a"
                2 3 c1 ok "k" read => value "a"
                4 5 c1 ok "k" write "b" => done
                6 7 c1 ok "k" read => value "b"
                8 9 c1 ok "k" read => value "a"
                """));
    }

    @Test
    void refutesUnknownWriteThatShowsBeforeItBegan() {
        assertNotLinearizable(byValue("""
                0 1 c1 ok "k" read => value "a"
                2 - c0 unknown "k" write "a"
                """));
    }

    @Test
    void appliesUnknownCompareAndSetOnlyWhereItsExpectationHolds() {
        String history = """
                0 - c0 unknown "k" cas "a" "b"
                1 2 c1 ok "k" write "%s" => done
                3 4 c1 ok "k" read => value "b"
                """;
        assertLinearizable(byValue(history.formatted("a")));
        assertNotLinearizable(byValue(history.formatted("c")));
    }

    @Test
    void chainsUnknownOperationsOfWhichOnlyTheLastIsSeen() {
        assertLinearizable(byVersion("""
                0 - c0 unknown "k" cas "b" "c"
                1 - c1 unknown "k" cas absent "a"
                2 - c2 unknown "k" cas "a" "b"
                3 4 c3 ok "k" read => value "c" 3
                """));
    }

    @Test
    void countsUnseenUnknownWritesByVersion() {
        String history = """
                0 - c0 unknown "k" write "a"
                1 - c1 unknown "k" write "b"
                2 3 c2 ok "k" write "c" => done %d
                """;
        assertLinearizable(byVersion(history.formatted(1)));
        assertLinearizable(byVersion(history.formatted(3)));
        assertNotLinearizable(byVersion(history.formatted(4)));
    }

    @Test
    void ignoresUnknownReads() {
        assertLinearizable(byValue("""
                0 - c0 unknown "k" read
                """));
    }

    @Test
    void checksEachKeyByItself() {
        // given
        Verdict verdict = byValue("""
                0 1 c0 ok "k1" write "a" => done
                2 3 c0 ok "k2" read => absent
                4 5 c0 ok "k2" read => value "b"
                6 7 c0 ok "k1" read => value "a"
                """);
        // then
        assertThat(verdict).isInstanceOfSatisfying(Verdict.NotLinearizable.class, refuted -> assertThat(
                        refuted.impasse().key())
                .isEqualTo("k2"));
    }

    @Test
    void explainsWhereItGotStuck() {
        // given
        Verdict verdict = byVersion("""
                0 1 c0 ok "k" write "a" => done 1
                2 9 c0 ok "k" write "b" => done 2
                3 4 c1 ok "k" read => value "b" 2
                5 6 c2 ok "k" read => value "a" 1
                7 - c3 unknown "k" remove
                """);
        // then
        assertThat(verdict).hasToString("""
                        history is not linearizable: key="k"
                        longest order found for key "k", with the state after each operation (0 more before these):
                          0 1 c0 ok "k" write "a" => done 1   -- "a" version 1
                          2 9 c0 ok "k" write "b" => done 2   -- "b" version 2
                          3 4 c1 ok "k" read => value "b" 2   -- "b" version 2
                        then, in the state "b" version 2, the first of these cannot take effect before it completed:
                          5 6 c2 ok "k" read => value "a" 1""");
        assertThatThrownBy(verdict::requireLinearizable)
                .isInstanceOf(AssertionError.class)
                .hasMessage(verdict.toString());
    }

    @Test
    void isUndecidedWhenTheBudgetIsUsedUp() {
        // given
        List<Operation<RegisterInput, RegisterOutput>> operations = new ArrayList<>();
        for (int client = 0; client < 10; client++) {
            operations.add(Operation.ok(client, "k", RegisterInput.write("v" + client), RegisterOutput.done(), 0, 100));
            operations.add(Operation.ok(
                    client, "k", RegisterInput.compareAndSet("v" + client, "x"), RegisterOutput.done(), 0, 100));
        }
        operations.add(Operation.ok(10, "k", RegisterInput.read(), RegisterOutput.value("nobody's"), 101, 102));
        var checker = new LinearizabilityChecker<>(RegisterModel.ofValues(), new CheckBudget(50, Duration.ofDays(1)));
        // when
        Verdict verdict = checker.check(History.of(operations));
        // then
        assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
        assertThat(verdict.toString()).contains("key=\"k\"", "configurationsMax=50", "nor refuted");
        assertThatThrownBy(verdict::requireLinearizable).isInstanceOf(AssertionError.class);
    }

    @Test
    void refutesOtherKeyEvenIfOneIsUndecided() {
        // given
        List<Operation<RegisterInput, RegisterOutput>> operations = new ArrayList<>();
        for (int client = 0; client < 10; client++) {
            operations.add(Operation.ok(client, "a", RegisterInput.write("v" + client), RegisterOutput.done(), 0, 100));
            operations.add(Operation.ok(client, "a", RegisterInput.read(), RegisterOutput.value("v" + client), 0, 100));
        }
        operations.add(Operation.ok(10, "a", RegisterInput.read(), RegisterOutput.value("nobody's"), 101, 102));
        operations.add(Operation.ok(10, "b", RegisterInput.read(), RegisterOutput.value("nobody's"), 101, 102));
        var checker = new LinearizabilityChecker<>(RegisterModel.ofValues(), new CheckBudget(5, Duration.ofDays(1)));
        // when
        Verdict verdict = checker.check(History.of(operations));
        // then
        assertThat(verdict).isInstanceOfSatisfying(Verdict.NotLinearizable.class, refuted -> assertThat(
                        refuted.impasse().key())
                .isEqualTo("b"));
    }

    @Test
    void survivesHistoriesLongerThanAnyStack() {
        // given
        List<Operation<RegisterInput, RegisterOutput>> operations = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            operations.add(Operation.ok(0, "k", RegisterInput.write("v" + i), RegisterOutput.done(i + 1), i, i));
        }
        // when
        Verdict verdict = new LinearizabilityChecker<>(RegisterModel.versioned()).check(History.of(operations));
        // then
        assertLinearizable(verdict);
    }
}
