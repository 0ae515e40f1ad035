package io.metastore.benchmarks.workload;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What this process uses, and others that belong to it: processor, memory, disk. */
final class ProcessResources {
    private static final Path PROCESSES = Path.of("/proc");
    private static final String RESIDENT = "VmRSS:";
    private static final long UNKNOWN = -1;

    private ProcessResources() {}

    /** Processor time of this process and of others. */
    static long cpuNanos(List<ProcessHandle> others) {
        long nanos = cpuNanos();
        for (ProcessHandle other : others) {
            nanos += other.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
        }
        return nanos;
    }

    /** Processor time of all threads since the process began, or 0 where the system does not tell. */
    static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? Math.max(0, system.getProcessCpuTime())
                : 0;
    }

    /** Resident memory as the kernel counts it; empty where there is no {@code /proc}. */
    static OptionalLong residentBytes(List<ProcessHandle> others) {
        long bytes = residentBytes(ProcessHandle.current());
        for (ProcessHandle other : others) {
            long its = residentBytes(other);
            bytes = bytes == UNKNOWN || its == UNKNOWN ? UNKNOWN : bytes + its;
        }
        return bytes == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    private static long residentBytes(ProcessHandle process) {
        Path status = PROCESSES.resolve(String.valueOf(process.pid())).resolve("status");
        if (!Files.isReadable(status)) {
            return UNKNOWN;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .map(line ->
                            line.substring(RESIDENT.length()).replace("kB", "").trim())
                    .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the memory of a process: file=" + status, e);
        }
    }

    /** The lengths of all files below the directory, each once however many names it has; files that vanish meanwhile are left out. */
    static long diskBytes(Path directory) throws IOException {
        AtomicLong bytes = new AtomicLong();
        Set<Object> counted = new HashSet<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Object identity = attributes.fileKey(); // Null where the system has none: then every name counts.
                if (identity == null || counted.add(identity)) {
                    bytes.addAndGet(attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }
}
