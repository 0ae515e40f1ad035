package io.metastore.cli;

import io.metastore.recovery.Access;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Survey;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** From which copies, and how: the same for all commands that plan a recovery. */
final class Planned {

    @Mixin
    private Copies copies = new Copies();

    @Mixin
    private Choices choices = new Choices();

    /**
     * Surveys and plans; changes nothing.
     *
     * @throws ParameterException a choice names what is not there
     */
    RecoveryPlan plan(CommandSpec spec) {
        Survey survey = copies.survey(spec);
        try {
            return survey.plan(choices.options());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** How members are reached. */
    Access access(CommandSpec spec) {
        return copies.access(spec);
    }

    /** Whether anything was named to plan from. */
    boolean isEmpty() {
        return copies.isEmpty();
    }
}
