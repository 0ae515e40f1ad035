package io.metastore.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code metastore status}: what a member's directory holds. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Says whose a directory is, whether it is in use, what a recovery did or is to do with it, and what it holds. Changes nothing; also beside a running process, of"
                    + " which it then shows what has been written to the disk.",
            "Ends with 1 when something in it is damaged or missing."
        })
final class StatusCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIRECTORY", description = "Of a member.")
    private Path directory = Path.of("");

    @Mixin
    private Output output = new Output();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        DirectoryStatus status;
        try (Bar bar = Bar.onTerminal()) {
            bar.step("read " + directory);
            status = DirectoryStatus.of(directory);
        }
        output.print(spec, DirectoryJson.status(status), status.toTable());
        return status.damage().isEmpty() ? ExitCodes.OK : ExitCodes.DAMAGE;
    }
}
