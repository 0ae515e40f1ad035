package io.metastore.cli;

import io.metastore.recovery.Consent;
import io.metastore.recovery.Recovery;
import io.metastore.recovery.RecoveryPlan;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code metastore intent}: a recovery that the application carries out when it opens its store next. */
@Command(
        name = "intent",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Plans as 'plan' does, and when that is consented to, writes it beside the data: the member carries it out when it is opened next, once, or refuses to open"
                    + " when anything has changed. Until then nothing is changed.",
            "The application needs metastore-recovery on its class path, and must see the directories under the paths given here. Members that run (--member) are"
                    + " sealed by it when it opens its store, with the token and the certificates that it opens it with."
        })
final class IntentCommand implements Callable<Integer> {

    @Mixin
    private Planned planned = new Planned();

    @Mixin
    private DigestConsent consent = new DigestConsent();

    @Option(
            names = "--cancel",
            paramLabel = "DIRECTORY",
            description = "Take away what was written into this directory instead, as long as it was not begun.")
    private @Nullable Path cancelled;

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (cancelled != null) {
            return cancel(cancelled);
        }
        RecoveryPlan plan = planned.plan(spec);
        Consent given = consent.to(plan, spec, output);
        Path file = plan.intend(given);
        output.print(
                spec,
                RecoveryJson.intended(file, plan),
                "intended: " + file + "\nThe member of " + plan.target().directory()
                        + " carries it out when it is opened next. 'metastore intent --cancel "
                        + plan.target().directory() + "' takes it away before.\n");
        return ExitCodes.OK;
    }

    private int cancel(Path directory) {
        if (!planned.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--cancel names the one directory it is about: no others are given with it");
        }
        consent.require("Take away the recovery that is intended in " + directory);
        Recovery.cancelIntent(directory);
        output.print(
                spec,
                RecoveryJson.directories("cancelled", List.of(directory)),
                "cancelled: nothing is carried out when the member of " + directory + " is opened next\n");
        return ExitCodes.OK;
    }
}
