package io.metastore.cli;

import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.Verdict;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code metastore plan}: what a recovery would do. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Says what a recovery from these copies would do, step by step, and what it may lose. Changes nothing.",
            "Ends with 0 when nothing that was acknowledged can be lost, with 1 otherwise, with 3 when it is refused."
        })
final class PlanCommand implements Callable<Integer> {

    @Mixin
    private Planned planned = new Planned();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        RecoveryPlan plan = planned.plan(spec);
        output.print(spec, RecoveryJson.plan(plan), plan.toString());
        return plan.verdict().kind() == Verdict.Kind.PROVEN_NONE ? ExitCodes.OK : ExitCodes.DAMAGE;
    }
}
