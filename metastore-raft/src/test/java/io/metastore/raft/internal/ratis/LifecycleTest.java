package io.metastore.raft.internal.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifecycleTest {
    private static final int CYCLES = Integer.getInteger("metastore.test.cycles", 30);

    @Test
    void openingAndClosingLeavesNothingBehind(@TempDir Path root) throws Exception {
        // given: what is created once per process exists
        cycle(root.resolve("first"));
        Set<String> threads = threadNames();
        long files = openFiles();
        int groups = journalThreadGroups().size();
        // when
        for (int i = 0; i < CYCLES; i++) {
            cycle(root.resolve("c" + i));
        }
        // then
        await().untilAsserted(() -> assertThat(threadNames()).isSubsetOf(threads));
        await().untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(files));
        await().untilAsserted(() -> {
            System.gc(); // From JDK 19 on, a group goes with the last reference to it.
            assertThat(journalThreadGroups()).hasSizeLessThanOrEqualTo(groups);
        });
    }

    private static void cycle(Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            group.awaitLeader().put("x");
        }
    }

    @Tag("alone")
    @Test
    void closingTakesAFractionOfASecondAndFreesTheDirectory(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            group.awaitLeader().put("x");
            for (TestMember member : group.members()) {
                long begin = System.nanoTime();
                member.close();
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(900));
                assertNotLocked(group.settings(member.name).directory());
            }
        }
    }

    @Test
    void aLeaderThatIsCutOffDoesNotWaitForAnAnswerToItsHandOver(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            leader.put("x");
            group.links.silence(leader.name);
            CompletableFuture<Void> handOver = leader.engine.transferLeadership(null, Duration.ofSeconds(30));
            assertThat(handOver).isNotDone();
            await().until(() -> threadsInside("OutgoingRaft", "startLeaderElection") > 0);
            leader.close();
            assertThat(journalThreads(leader.name)).isEmpty();
        }
    }

    private static long threadsInside(String type, String method) {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> Stream.of(stack)
                        .anyMatch(frame -> frame.getClassName().endsWith("." + type)
                                && frame.getMethodName().equals(method)))
                .count();
    }

    private static List<String> journalThreads(String member) {
        return threadNames().stream()
                .filter(name -> name.startsWith(member + "@") || name.startsWith(member + "-"))
                .toList();
    }

    @Test
    void closingTwiceAndBeforeStartDoesNothing(@TempDir Path root) {
        try (TestGroup group = new TestGroup(root, "a")) {
            TestMember member = group.create("a", new RecordingConsumer());
            member.close();
            member.close();
            assertThat(member.consumer.failures).isEmpty();
        }
    }

    @Test
    void closingIsNoFailure(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            group.awaitLeader().put("x");
            group.members().forEach(TestMember::close);
            assertThat(group.members())
                    .allSatisfy(member -> assertThat(member.consumer.failures).isEmpty());
        }
    }

    @Tag("alone")
    @Test
    void closingIsBoundedWhenTheConsumerHangs(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a").startAll()) {
            // given
            TestMember member = group.awaitLeader();
            CountDownLatch hung = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            member.consumer.onApply = entry -> {
                hung.countDown();
                boolean released = false;
                while (!released) { // As stubborn as native code: it does not hear interrupts.
                    try {
                        release.await();
                        released = true;
                    } catch (InterruptedException e) {
                        // Goes on.
                    }
                }
            };
            Object pending = member.submit("x");
            hung.await();
            // when
            long begin = System.nanoTime();
            member.engine.close(Duration.ofMillis(500));
            // then
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1500));
            assertThat(pending).isNotNull();
            release.countDown();
        }
    }

    @Test
    void abandoningIsAbrupt(@TempDir Path root) throws Exception {
        try (TestGroup group = new TestGroup(root, "a", "b", "c").startAll()) {
            TestMember leader = group.awaitLeader();
            leader.put("x");
            List<String> before = leader.consumer.applied();
            leader.abandon();
            assertNotLocked(group.settings(leader.name).directory());
            assertThat(leader.consumer.applied()).isEqualTo(before);
            assertThat(leader.consumer.failures).isEmpty();
        }
    }

    private static void assertNotLocked(Path directory) throws Exception {
        try (Stream<Path> found = Files.walk(directory)) {
            List<Path> locks =
                    found.filter(path -> path.endsWith("in_use.lock")).toList();
            for (Path lock : locks) {
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                        FileLock held = channel.tryLock()) {
                    assertThat(held).isNotNull();
                }
            }
        }
    }

    private static Set<String> threadNames() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.startsWith("ForkJoinPool") && !name.startsWith("awaitility"))
                .collect(Collectors.toSet());
    }

    /** Without what the JVM opens once for itself, whenever it first needs it: jars, its own libraries, devices. */
    private static long openFiles() {
        String[] descriptors = new File("/proc/self/fd").list();
        return descriptors == null
                ? 0
                : Stream.of(descriptors).filter(LifecycleTest::isOurs).count();
    }

    private static boolean isOurs(String descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd", descriptor)).toString();
            return !target.endsWith(".jar") && !target.endsWith(".so") && !target.startsWith("/dev/");
        } catch (IOException e) {
            return false; // Closed meanwhile.
        }
    }

    private static String describe(ThreadGroup group) {
        Thread[] threads = new Thread[group.activeCount() + 10];
        int count = group.enumerate(threads);
        return group.getName()
                + Stream.of(threads).limit(count).map(Thread::getName).toList();
    }

    private static List<String> journalThreadGroups() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        ThreadGroup[] groups = new ThreadGroup[root.activeGroupCount() + 100];
        int count = root.enumerate(groups);
        return Stream.of(groups)
                .limit(count)
                .filter(group -> group.getName().endsWith("-journal"))
                .map(LifecycleTest::describe)
                .toList();
    }
}
