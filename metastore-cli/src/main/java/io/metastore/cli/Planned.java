package io.metastore.cli;

import io.metastore.recovery.RecoveryPlan;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** From which copies, and how: the same for all commands that plan a recovery. */
final class Planned {

    @Mixin
    private Copies copies = new Copies();

    @Mixin
    private Choices choices = new Choices();

    /** Surveys and plans; changes nothing. */
    RecoveryPlan plan(CommandSpec spec) {
        return copies.survey(spec).plan(choices.options());
    }

    /** Whether anything was named to plan from. */
    boolean isEmpty() {
        return copies.isEmpty();
    }
}
