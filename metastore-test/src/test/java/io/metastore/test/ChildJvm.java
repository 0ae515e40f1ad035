package io.metastore.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own with this test's class path; what it prints is read line by line. Killed when closed. Has its own temporary directory, which
 * goes with it: who is killed leaves native libraries there.
 */
final class ChildJvm implements AutoCloseable {

    private final Path temporary;
    private final Process process;
    private final BufferedReader out;

    private ChildJvm(Path temporary, Process process) {
        this.temporary = temporary;
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildJvm start(Class<?> main, String... arguments) {
        return start(256, main, arguments);
    }

    /** With so much heap. */
    static ChildJvm start(int heapMegabytes, Class<?> main, String... arguments) {
        return start(List.of("-Xmx" + heapMegabytes + "m", "-XX:TieredStopAtLevel=1"), main, arguments);
    }

    /** With options of its JVM. */
    static ChildJvm start(List<String> options, Class<?> main, String... arguments) {
        try {
            Path temporary = Files.createTempDirectory("child-jvm-");
            return new ChildJvm(
                    temporary,
                    new ProcessBuilder(command(options, temporary, main, arguments))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(List<String> options, Path temporary, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The next line; fails when there is none any more. */
    String line() {
        try {
            String line = out.readLine();
            if (line == null) {
                throw new AssertionError("the child has ended: exit=" + exitValue());
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it at once and returns what it had printed until then. */
    List<String> kill() {
        process.toHandle().destroyForcibly(); // That of Process itself also throws away what was printed.
        try {
            List<String> rest = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                rest.add(line);
            }
            exitValue();
            return rest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells it that it may end, waits, and returns how it ended. */
    int end() {
        try {
            process.getOutputStream().close();
            return exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int exitValue() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("the child does not end: pid=" + process.pid());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitValue(); // Until then it may put files there.
        TestMember.delete(temporary);
    }
}
