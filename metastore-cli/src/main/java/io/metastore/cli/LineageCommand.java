package io.metastore.cli;

import io.metastore.recovery.Recovery;
import io.metastore.recovery.lineage.EpochLineage;
import java.nio.file.Path;
import java.util.List;
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
                    + " and which were missing, and what was not taken over of each epoch. Changes nothing; also beside a running process.",
            "What was not taken over of other members shows when their directories are given too, or when they kept it themselves, coming back.",
            "Ends with 1 when what is written there is damaged or contradicts itself."
        })
final class LineageCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIRECTORY", description = "Of a member.")
    private Path directory = Path.of("");

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "OTHERS", description = "Of other members.")
    private List<Path> others = List.of();

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        EpochLineage lineage;
        try (Bar bar = Bar.onTerminal()) {
            bar.step("read " + directory);
            lineage = Recovery.lineage(directory, others.toArray(Path[]::new));
        }
        output.print(spec, DirectoryJson.lineage(lineage), lineage.toTable());
        return lineage.flaws().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGE;
    }
}
