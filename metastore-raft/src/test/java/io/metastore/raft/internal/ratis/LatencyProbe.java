package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Puts per second of bare engines in this JVM, one entry per put, closed loop. Arguments: directory on a real disk, seconds per cell. Not a test: a figure
 * to compare variants in one sitting.
 */
final class LatencyProbe {
    private static final byte[] ENTRY = new byte[256];

    private LatencyProbe() {}

    @SuppressWarnings("SystemOut") // Its purpose.
    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        int seconds = Integer.parseInt(args[1]);
        for (int members : new int[] {1, 3}) {
            Path directory = Files.createTempDirectory(root, "probe");
            String[] names = Arrays.copyOf(new String[] {"a", "b", "c"}, members);
            try (TestGroup group = new TestGroup(directory, names)
                    .adjusted(LatencyProbe::asInProduction)
                    .startAll()) {
                TestMember leader = group.awaitLeader();
                measure(leader, 16, 3);
                for (int callers : new int[] {1, 16}) {
                    long cpuBefore = cpuNanos();
                    Map<String, Long> switchesBefore = switches();
                    List<Long> micros = measure(leader, callers, seconds);
                    long cpu = cpuNanos() - cpuBefore;
                    Map<String, Long> switches = switches();
                    switchesBefore.forEach((thread, before) -> switches.merge(thread, -before, Long::sum));
                    System.out.printf(
                            "members=%d callers=%2d puts/s=%6d p50=%d us p99=%d us cpu/put=%d us%n",
                            members,
                            callers,
                            micros.size() / seconds,
                            micros.get(micros.size() / 2),
                            micros.get(micros.size() * 99 / 100),
                            cpu / 1000 / micros.size());
                    if (callers == 1) {
                        System.out.println("  thread switches per put: "
                                + switches.entrySet().stream()
                                        .filter(entry -> entry.getValue() * 10 > micros.size())
                                        .sorted(Map.Entry.comparingByKey())
                                        .map(entry -> "%s=%.1f"
                                                .formatted(entry.getKey(), (double) entry.getValue() / micros.size()))
                                        .collect(Collectors.joining(" ")));
                    }
                }
                if (members > 1) {
                    System.out.printf("lone write, follower applies after: %s us%n", followerDelays(group, leader));
                }
            }
            delete(directory);
        }
        System.out.println("open to ready, leader lost to ready, close one, close two at once, ms: " + lifecycle(root));
    }

    private static RatisSettings asInProduction(RatisSettings settings) {
        return settings.withTimeouts(RatisSettings.Timeouts.DEFAULT).withLimits(RatisSettings.Limits.DEFAULT);
    }

    private static List<List<Long>> lifecycle(Path root) throws Exception {
        List<List<Long>> results = new java.util.ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Path directory = Files.createTempDirectory(root, "probe");
            long begin = System.nanoTime();
            TestGroup group = new TestGroup(directory, "a", "b", "c")
                    .adjusted(LatencyProbe::asInProduction)
                    .startAll();
            TestMember leader = group.awaitLeader();
            leader.engine.submit(ENTRY).get();
            long ready = System.nanoTime();
            leader.engine.close(java.time.Duration.ofSeconds(5));
            long closed = System.nanoTime();
            group.awaitLeader(leader.name);
            long again = System.nanoTime();
            group.close();
            long all = System.nanoTime();
            results.add(Stream.of(ready - begin, again - closed, closed - ready, all - again)
                    .map(nanos -> nanos / 1_000_000)
                    .toList());
            delete(directory);
        }
        return results;
    }

    /** Of the whole process; steadier than the clock on a machine that others use. */
    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Voluntary context switches so far, by thread; what a hand-over costs. Empty where there is no /proc. */
    private static Map<String, Long> switches() throws IOException {
        Map<String, Long> result = new HashMap<>();
        Path tasks = Path.of("/proc/self/task");
        if (!Files.isDirectory(tasks)) {
            return result;
        }
        try (Stream<Path> found = Files.list(tasks)) {
            for (Path task : found.toList()) {
                try {
                    String name = Files.readString(task.resolve("comm")).strip() + "#" + task.getFileName();
                    for (String line : Files.readAllLines(task.resolve("status"))) {
                        if (line.startsWith("voluntary_ctxt_switches:")) {
                            result.merge(name, Long.parseLong(line.substring(24).strip()), Long::sum);
                        }
                    }
                } catch (IOException e) {
                    // The thread has ended.
                }
            }
        }
        return result;
    }

    private static List<Long> measure(TestMember leader, int callers, int seconds) throws InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        List<List<Long>> all = Stream.generate(() -> (List<Long>) new java.util.ArrayList<Long>())
                .limit(callers)
                .toList();
        List<Thread> threads = all.stream()
                .map(mine -> new Thread(() -> {
                    while (System.nanoTime() < end) {
                        long begin = System.nanoTime();
                        try {
                            leader.engine.submit(ENTRY).get();
                        } catch (InterruptedException | ExecutionException e) {
                            throw new IllegalStateException(e);
                        }
                        mine.add((System.nanoTime() - begin) / 1000);
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        return all.stream().flatMap(List::stream).sorted().toList();
    }

    /** Time from the acknowledgement of a write that nothing follows until a follower has applied it. */
    private static List<Long> followerDelays(TestGroup group, TestMember leader) throws Exception {
        TestMember follower = group.follower();
        AtomicLong appliedNanos = new AtomicLong();
        follower.consumer.onApply = entry -> appliedNanos.set(System.nanoTime());
        List<Long> delays = new java.util.ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Thread.sleep(300);
            appliedNanos.set(0);
            leader.engine.submit(ENTRY).get();
            long acknowledged = System.nanoTime();
            while (appliedNanos.get() == 0) {
                java.util.concurrent.locks.LockSupport.parkNanos(50_000);
            }
            delays.add((appliedNanos.get() - acknowledged) / 1000);
        }
        return delays.stream().sorted().toList();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
