package io.metastore.cli;

import io.metastore.recovery.Access;
import io.metastore.recovery.Recovery;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with a recovery that was begun. */
final class ReturnCommands {

    private ReturnCommands() {}

    /** {@code metastore resume}. */
    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Goes on with a recovery that was cut off, as it was consented to.")
    static final class Resume implements Callable<Integer> {

        @Parameters(paramLabel = "DIRECTORY", description = "The one that is to go on.")
        private Path directory = Path.of("");

        @Mixin
        private Reach reach = new Reach();

        @Mixin
        private Confirmation confirmation = new Confirmation();

        @Mixin
        private Output output = new Output();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            confirmation.require("Go on with the recovery of " + directory);
            Access members = reach.access(spec);
            try (Bar bar = Bar.onTerminal()) {
                bar.step("resume the recovery of " + directory);
                Recovery.resume(members, directory);
            }
            output.print(
                    spec,
                    RecoveryJson.directories("resumed", List.of(directory)),
                    "done: " + directory + "; start its member\n");
            return ExitCodes.OK;
        }
    }

    /** Both take the same. */
    private abstract static class Back implements Callable<Integer> {

        @Parameters(index = "0", paramLabel = "DIRECTORY", description = "The one that was to go on.")
        private Path target = Path.of("");

        @Parameters(index = "1..*", arity = "0..*", paramLabel = "OTHERS", description = "Those sealed with it.")
        private List<Path> others = List.of();

        @Mixin
        private Reach reach = new Reach();

        @Mixin
        private Confirmation confirmation = new Confirmation();

        @Mixin
        private Output output = new Output();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        abstract void back(Access members, Path first, Path... rest);

        abstract String question();

        @Override
        public Integer call() {
            confirmation.require(question() + " " + target);
            Access members = reach.access(spec);
            try (Bar bar = Bar.onTerminal()) {
                bar.step("take back the recovery of " + target);
                back(members, target, others.toArray(Path[]::new));
            }
            List<Path> all = Stream.concat(Stream.of(target), others.stream()).toList();
            output.print(
                    spec, RecoveryJson.directories("takenBack", all), "taken back: " + target + " " + others + "\n");
            return ExitCodes.OK;
        }
    }

    /** {@code metastore abort}. */
    @Command(
            name = "abort",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description = "Gives up a recovery whose epoch has not begun.")
    static final class Abort extends Back {
        @Override
        void back(Access members, Path first, Path... rest) {
            Recovery.abort(members, first, rest);
        }

        @Override
        String question() {
            return "Give up the recovery of";
        }
    }

    /** {@code metastore undo}. */
    @Command(
            name = "undo",
            mixinStandardHelpOptions = true,
            versionProvider = Main.Version.class,
            description =
                    "Makes the epoch before a recovery the live one again, as long as the new one was not written to.")
    static final class Undo extends Back {
        @Override
        void back(Access members, Path first, Path... rest) {
            Recovery.undo(members, first, rest);
        }

        @Override
        String question() {
            return "Take back the recovery of";
        }
    }
}
