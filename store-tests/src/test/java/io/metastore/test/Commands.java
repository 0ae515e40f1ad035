package io.metastore.test;

import java.io.IOException;
import java.util.List;

/** Commands of the operating system, for what Java has no call for. */
final class Commands {

    private Commands() {}

    /** Runs it to its end, whatever it prints; returns what it ended with. */
    static int run(String... command) throws IOException {
        return new ProcessBuilder(List.of(command))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .onExit()
                .join()
                .exitValue();
    }
}
