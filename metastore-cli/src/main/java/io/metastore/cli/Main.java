package io.metastore.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code metastore}. */
@Command(
        name = "metastore",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            StatusCommand.class,
            SurveyCommand.class,
            DiagnoseCommand.class,
            PlanCommand.class,
            RehearseCommand.class,
            ApplyCommand.class,
            IntentCommand.class,
            ReturnCommands.Resume.class,
            ReturnCommands.Abort.class,
            ReturnCommands.Undo.class,
            LineageCommand.class,
            BranchesCommand.class,
            JournalCommand.class,
            ImageCommand.class,
            CommandLine.HelpCommand.class
        },
        description =
                "Looks into the directories of members, running or not, and at images; recovers a cluster that lost its majority.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ok",
            "1:damage, or possible loss",
            "2:wrong usage",
            "3:refused, or not done to its end: the message says what is next"
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    Main() {}

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = command(out, err).execute(arguments);
        out.flush();
        System.exit(code);
    }

    static CommandLine command(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> ExitCodes.print(failure, command));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** That of the build; {@code development} when it does not run from a jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"metastore " + Objects.requireNonNullElse(version, "development")};
        }
    }
}
