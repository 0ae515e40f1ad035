package io.metastore.recovery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that says whether files are locked by another one. */
final class LockProbe {
    private LockProbe() {}

    @SuppressWarnings("SystemOut") // It is a program.
    public static void main(String[] files) throws IOException {
        for (String file : files) {
            try (FileChannel channel =
                            FileChannel.open(Path.of(file), StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.tryLock()) {
                System.out.print(lock == null ? "held " : "free ");
            }
        }
    }

    /** Asks such a process: {@code held} or {@code free} for each. */
    static List<String> ask(List<Path> files) throws IOException, InterruptedException {
        List<String> command = JavaCommand.of(
                List.of(), LockProbe.class, files.stream().map(Path::toString).toList());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError("probe failed: " + said);
        }
        return List.of(said.strip().split(" "));
    }
}
