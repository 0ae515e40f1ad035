package io.metastore.cli;

import io.metastore.api.MetaStore;
import io.metastore.recovery.RecoveryPlan;
import io.metastore.recovery.RehearsalResult;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code metastore rehearse}: a recovery on clones. */
@Command(
        name = "rehearse",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Plans as 'plan' does, carries that out on a clone of hard links beside the directory, opens a member there without a network, and deletes it.",
            "Touches no real directory. An application that calls commands of its own (MetaStore.execute) has to rehearse by itself, with RecoveryPlan.rehearse:"
                    + " they are not known here."
        })
final class RehearseCommand implements Callable<Integer> {

    @Mixin
    private Planned planned = new Planned();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        RecoveryPlan plan = planned.plan(spec);
        RehearsalResult result;
        try (Bar bar = Bar.onTerminal()) {
            result = plan.rehearse(builder -> settings(builder, bar), store -> {});
        }
        output.print(spec, RecoveryJson.rehearsed(plan, result), text(plan, result));
        return ExitCodes.OK;
    }

    private MetaStore.Builder settings(MetaStore.Builder builder, Bar bar) {
        MetaStore.Builder shown = builder.progress(bar::advanced);
        return planned.access(spec).token().map(shown::clusterToken).orElse(shown);
    }

    private static String text(RecoveryPlan plan, RehearsalResult result) {
        StringBuilder text = new StringBuilder();
        text.append("rehearsed: epoch ")
                .append(result.epoch())
                .append(" began and was served at ")
                .append(result.revision())
                .append(", in ")
                .append(result.took().toMillis())
                .append(" ms; the clone is deleted\n");
        result.leftOut()
                .forEach(line -> text.append("not taken over: ").append(line).append('\n'));
        return text.append("verdict of the plan: ")
                .append(plan.verdict().kind())
                .append("\ndigest: ")
                .append(plan.digest())
                .append('\n')
                .toString();
    }
}
