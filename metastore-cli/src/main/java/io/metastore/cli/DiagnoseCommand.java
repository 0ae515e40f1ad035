package io.metastore.cli;

import io.metastore.recovery.Copy;
import io.metastore.recovery.Diagnosis;
import io.metastore.recovery.Survey;
import io.metastore.recovery.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code metastore diagnose}: what copies say together. */
@Command(
        name = "diagnose",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Compares copies of members' data: in which order they are fresh, how far they are certainly and possibly committed, where they differ, what may be lost and"
                    + " why. Changes nothing, not even a lock.",
            "Ends with 0 when nothing that was acknowledged can be lost, with 1 otherwise."
        })
final class DiagnoseCommand implements Callable<Integer> {

    @Mixin
    private Copies copies = new Copies();

    @Option(names = "--lost", paramLabel = "LABEL", description = "As if this copy were lost as well.")
    private List<String> lost = List.of();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Survey survey = left(copies.survey(spec));
        Diagnosis diagnosis = survey.diagnose();
        output.print(spec, RecoveryJson.diagnosis(survey, diagnosis), text(survey, diagnosis));
        return code(diagnosis);
    }

    /** Without those that are lost in thought. */
    private Survey left(Survey survey) {
        List<String> labels =
                survey.copies().stream().map(copy -> copy.origin().label()).toList();
        Survey left = new Survey(
                survey.copies().stream()
                        .filter(copy -> !lost.contains(copy.origin().label()))
                        .toList(),
                survey.access());
        if (!labels.containsAll(lost) || left.copies().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--lost names copies that are there, and not all: asked=" + lost + " there are=" + labels);
        }
        return left;
    }

    private static String text(Survey survey, Diagnosis diagnosis) {
        StringBuilder text = new StringBuilder("freshest first:\n");
        int place = 1;
        for (Copy copy : diagnosis.candidates()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %d. %s: %s epoch %d, last entry %s, certainly committed up to %d%s\n",
                    place++,
                    survey.surveyed(copy).origin().label(),
                    copy.id(),
                    copy.epoch(),
                    copy.last(),
                    copy.committed(),
                    copy.complete() ? "" : ", not complete"));
        }
        text.append("memberships that may be in force: ")
                .append(diagnosis.current())
                .append('\n');
        text.append("committed: certainly up to index ")
                .append(diagnosis.bracket().proven())
                .append(", possibly up to ")
                .append(diagnosis.bracket().possible())
                .append('\n');
        diagnosis.divergences().forEach(each -> text.append(each).append('\n'));
        survey.contradictions().forEach(each -> text.append(each).append('\n'));
        return text.append(inShort(diagnosis)).toString();
    }

    /** Refusal and verdict. */
    static String inShort(Diagnosis diagnosis) {
        StringBuilder text = new StringBuilder();
        diagnosis.refusal().ifPresent(refusal -> text.append(refusal.kind())
                .append(": ")
                .append(refusal.message())
                .append('\n'));
        text.append("verdict: ").append(diagnosis.verdict().kind()).append('\n');
        diagnosis.verdict().evidence().forEach(line -> text.append("  ")
                .append(line)
                .append('\n'));
        return text.toString();
    }

    /** With what a command ends that looks for loss. */
    static int code(Diagnosis diagnosis) {
        return diagnosis.verdict().kind() == Verdict.Kind.PROVEN_NONE ? ExitCodes.OK : ExitCodes.DAMAGE;
    }
}
