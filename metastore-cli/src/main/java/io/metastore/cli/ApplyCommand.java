package io.metastore.cli;

import io.metastore.recovery.Consent;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.RecoveryResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
    private Planned planned = new Planned();

    @Mixin
    private DigestConsent consent = new DigestConsent();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        RecoveryPlan plan = planned.plan(spec);
        Consent given = consent.to(plan, spec, output);
        RecoveryResult result;
        try (Bar bar = Bar.onTerminal()) {
            result = plan.apply(given, bar::recovering);
        }
        output.print(spec, RecoveryJson.applied(result), result.report());
        return ExitCodes.OK;
    }
}
