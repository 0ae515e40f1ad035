package io.metastore.recovery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a test starts a program of its class path in a process of its own: soon, and small. */
final class JavaCommand {
    private JavaCommand() {}

    /** For a process that puts temporary files there: who is killed leaves native libraries. */
    static List<String> of(Path temporary, Class<?> main, List<String> arguments) {
        return of(List.of("-Xmx256m", "-Djava.io.tmpdir=" + temporary), main, arguments);
    }

    /** With options of its JVM. */
    static List<String> of(List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
