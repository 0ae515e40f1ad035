package io.metastore.recovery.model;

import static org.assertj.core.api.Assertions.assertThat;

import edu.mit.csail.sdg.ast.Command;
import io.metastore.recovery.model.AlloyModel.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The protocol of a recovery against every behaviour in a scope: the commands of {@code recovery.als}, each with what it must find. What holds has no
 * counterexample, each mistake has one, each situation of interest has an example. Every second of them, begun with the first or the second from run to run;
 * {@code -Dmodel.scope=all} runs all, {@code larger} those called {@code Larger...} too, for minutes.
 */
class RecoveryModelTest {
    private static final AlloyModel MODEL = AlloyModel.read("recovery.als");
    private static final List<String> TOLD = List.of("Now", "Actor", "Party", "Message", "Plan");
    private static final String MISTAKES = "Bug";
    private static final String SCOPE = System.getProperty("model.scope", "half");

    static Stream<Named<Command>> commands() {
        List<Command> all = MODEL.commands().stream()
                .filter(command -> SCOPE.equals("larger") || !command.label.startsWith("Larger"))
                .toList();
        if (!SCOPE.equals("half")) {
            return all.stream().map(command -> Named.of(command.label, command));
        }
        int first = Integer.getInteger("model.first", (int) (System.nanoTime() / 1_000 & 1));
        System.out.println("model: every second command of " + all.size() + ", from number " + first
                + " on: -Dmodel.first=" + first + " repeats this, -Dmodel.scope=all has all");
        return IntStream.range(0, all.size())
                .filter(number -> number % 2 == first)
                .mapToObj(all::get)
                .map(command -> Named.of(command.label, command));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void findsWhatItMustFind(Command command) {
        Outcome outcome = MODEL.run(command, TOLD);

        System.out.println(line(command, outcome));
        assertThat(outcome.found())
                .as("%s: behaviour=%s", command, outcome.behaviour())
                .isEqualTo(command.expects == 1);
        assertThat(outcome.steps()).as("steps of %s", command).isEqualTo(command.maxprefix);
        assertThat(command.minprefix).as("steps of %s", command).isEqualTo(command.maxprefix);
        assertThat(outcome.clauses()).as("%s", command).isPositive();
        if (outcome.found()) {
            System.out.println("  " + String.join("; ", outcome.behaviour()));
        }
    }

    /** A claim that is checked with a mistake in it, or a mistake that nothing is checked with, says nothing. */
    @Test
    void eachMistakeIsCaughtAndNoneIsAssumedElsewhere() {
        Set<String> caught = new TreeSet<>();
        for (Command command : MODEL.commands()) {
            assertThat(command.expects).as("%s says what it must find", command).isIn(0, 1);
            assertThat(command.check || command.expects == 1)
                    .as("%s is a claim or must have an example", command)
                    .isTrue();
            boolean mistaken = command.check && command.expects == 1;
            assertThat(MODEL.scopeOf(MISTAKES, command)).as("%s", command).isEqualTo(mistaken ? 1 : 0);
            if (mistaken) {
                List<String> there = there(command);
                assertThat(there).as("%s", command).hasSize(1);
                caught.addAll(there);
            }
        }
        assertThat(caught).isEqualTo(new TreeSet<>(MODEL.extensionsOf(MISTAKES)));
    }

    private static List<String> there(Command command) {
        List<String> there = new ArrayList<>();
        for (String mistake : MODEL.extensionsOf(MISTAKES)) {
            if (MODEL.scopeOf(mistake, command) == 1) {
                there.add(mistake);
            }
        }
        return there;
    }

    private static String line(Command command, Outcome outcome) {
        String result = command.check
                ? outcome.found() ? "counterexample" : "holds"
                : outcome.found() ? "example" : "no example";
        return String.format(
                Locale.ROOT,
                "model: %s: %s, %d steps, %d unknowns, %d clauses, %d ms",
                command,
                result,
                outcome.steps(),
                outcome.unknowns(),
                outcome.clauses(),
                outcome.millis());
    }
}
