package io.metastore.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Threads and file descriptors of this process.
 *
 * @param threads names of all threads, sorted
 * @param descriptors what open files and sockets point to, sorted; empty where there is no /proc
 */
record Resources(List<String> threads, List<String> descriptors) {

    static Resources now() {
        return new Resources(
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .sorted()
                        .toList(),
                openFiles());
    }

    private static List<String> openFiles() {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(descriptors)) {
            return files.map(Resources::target).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }

    /** Waits until there are no more threads and descriptors than at this moment. */
    void awaitReturn() {
        Kept<Resources> last = new Kept<>();
        last.set(now());
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        last.set(now());
                        return last.get().threads.size() <= threads.size()
                                && last.get().descriptors.size() <= descriptors.size();
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("something was left open:\nbefore " + this + "\nafter " + last.get(), e);
        }
    }

    /** For people. */
    String counts() {
        return "threads=" + threads.size() + " descriptors=" + descriptors.size();
    }
}
