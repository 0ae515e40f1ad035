package io.metastore.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A directory that this process cannot write in until it is closed: by its rights, or, for a user whom rights do not stop, by a read-only mount of the
 * directory over itself.
 */
final class ReadOnly implements AutoCloseable {

    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("r--r--r--");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("r-xr-xr-x");

    private final Path directory;

    /** What to give back; empty when it is mounted. */
    private final Map<Path, Set<PosixFilePermission>> rights;

    private ReadOnly(Path directory, Map<Path, Set<PosixFilePermission>> rights) {
        this.directory = directory;
        this.rights = rights;
    }

    static ReadOnly make(Path directory) {
        try {
            ReadOnly byRights = new ReadOnly(directory, takeRights(directory));
            if (!Files.isWritable(directory)) {
                return byRights;
            }
            byRights.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String path = directory.toString();
        Assumptions.assumeTrue(
                run("mount", "--bind", path, path) == 0,
                "not run: rights do not stop this user, and it may not mount either");
        ReadOnly mounted = new ReadOnly(directory, Map.of());
        if (run("mount", "-o", "remount,bind,ro", path) != 0 || Files.isWritable(directory)) {
            mounted.close();
            throw new AssertionError("cannot be mounted read-only: " + path);
        }
        return mounted;
    }

    String means() {
        return rights.isEmpty() ? "mount" : "rights";
    }

    private static Map<Path, Set<PosixFilePermission>> takeRights(Path directory) throws IOException {
        Map<Path, Set<PosixFilePermission>> before = new LinkedHashMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.toList()) {
                before.put(each, Files.getPosixFilePermissions(each));
                Files.setPosixFilePermissions(each, Files.isDirectory(each) ? DIRECTORY : FILE);
            }
        }
        return before;
    }

    @Override
    public void close() {
        try {
            for (Map.Entry<Path, Set<PosixFilePermission>> each : rights.entrySet()) {
                Files.setPosixFilePermissions(each.getKey(), each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (rights.isEmpty()) {
            assertThat(run("umount", directory.toString())).isZero();
        }
    }

    /** The exit code; -1 when there is no such program. */
    private static int run(String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
