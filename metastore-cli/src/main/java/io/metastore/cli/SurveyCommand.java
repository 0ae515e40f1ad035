package io.metastore.cli;

import io.metastore.recovery.Diagnosis;
import io.metastore.recovery.Survey;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code metastore survey}: what copies hold, and what they say together. */
@Command(
        name = "survey",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Reads copies of members' data and says which is the freshest and what may be lost. Changes nothing, not even a lock.",
            "Ends with 0 when nothing that was acknowledged can be lost, with 1 otherwise."
        })
final class SurveyCommand implements Callable<Integer> {

    @Mixin
    private Copies copies = new Copies();

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Write it as JSON, to be merged on another host with --survey.")
    private @Nullable Path file;

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Survey survey = copies.survey(spec);
        if (file != null) {
            survey.save(file);
        }
        Diagnosis diagnosis = survey.diagnose();
        output.print(
                spec, RecoveryJson.survey(survey, diagnosis), survey.toTable() + DiagnoseCommand.inShort(diagnosis));
        return DiagnoseCommand.code(diagnosis);
    }
}
