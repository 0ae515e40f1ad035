package io.metastore.cli;

import io.metastore.recovery.inspect.EpochLineage;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code metastore lineage}: how the epochs of a cluster began. */
@Command(
        name = "lineage",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Says which recoveries a cluster went through, as the directory of one member knows them: when, who, why, what may have been lost, which members were sealed"
                    + " and which were missing. Changes nothing; also beside a running process.",
            "Ends with 1 when what is written there is damaged or contradicts itself."
        })
final class LineageCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIRECTORY", description = "Of a member.")
    private Path directory = Path.of("");

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        EpochLineage lineage = EpochLineage.of(directory);
        output.print(spec, DirectoryJson.lineage(lineage), lineage.toTable());
        return lineage.flaws().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGE;
    }
}
