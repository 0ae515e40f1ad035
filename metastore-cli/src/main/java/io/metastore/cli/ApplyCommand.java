package io.metastore.cli;

import io.metastore.recovery.Consent;
import io.metastore.recovery.RecoveryPlan;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code metastore apply}: carries a recovery out. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Plans as 'plan' does, and carries that out when it is consented to: by its digest, typed in or given with --yes.",
            "Cut off, it is to be repeated, or resumed, or aborted."
        })
final class ApplyCommand implements Callable<Integer> {

    @Mixin
    private Copies copies = new Copies();

    @Mixin
    private Choices choices = new Choices();

    @Option(names = "--yes", paramLabel = "DIGEST", description = "Do not ask: consent to the plan with this digest.")
    private @Nullable String consent;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        RecoveryPlan plan = copies.survey().plan(choices.options());
        PrintWriter out = spec.commandLine().getOut();
        if (consent == null) {
            out.print(plan);
            out.flush();
            if (!Question.answered("Type the digest to carry this out:", plan.digest())) {
                throw new RefusedException("not consented to, nothing was changed; give --yes " + plan.digest());
            }
        }
        String given = consent == null ? plan.digest() : consent;
        out.print(plan.apply(Consent.toDigest(given)).report());
        return ExitCodes.OK;
    }
}
