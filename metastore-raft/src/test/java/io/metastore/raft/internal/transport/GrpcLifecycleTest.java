package io.metastore.raft.internal.transport;

import static io.metastore.raft.internal.transport.Calls.LONG;
import static io.metastore.raft.internal.transport.Calls.bytes;
import static io.metastore.raft.internal.transport.Calls.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gRPC transport holds open, and that it lets go of it. */
@Timeout(120)
class GrpcLifecycleTest {
    private final GrpcMembers members = new GrpcMembers();

    @AfterEach
    void close() {
        members.close();
    }

    @Test
    void leavesNoThreadAndNoFileBehindAfterManyCycles() throws Exception {
        cycle(); // Loads classes, which stay open as files.
        Set<String> threadsBefore = quietThreads();
        long filesBefore = openFiles();
        for (int i = 0; i < 50; i++) {
            cycle();
            assertThat(transportThreads()).as("cycle " + i).isEmpty();
        }
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(threads()).isSubsetOf(threadsBefore);
            assertThat(openFiles()).isLessThanOrEqualTo(filesBefore);
        });
    }

    private void cycle() throws Exception {
        String a = members.newAddress();
        String b = members.newAddress();
        try (Transport atA = members.open(a);
                Transport atB = members.open(b)) {
            atA.listen(Calls::echo);
            atB.listen(Calls::echo);
            for (Method method : new Method[] {Method.RAFT_APPEND, Method.RAFT_VOTE, Method.FORWARD}) {
                assertThat(get(atA.call(b, method, bytes("x"), LONG))).isEqualTo("x");
                assertThat(get(atB.call(a, method, bytes("y"), LONG))).isEqualTo("y");
            }
        }
    }

    @Test
    void usesFewThreadsHoweverManyCallsArePending() throws Exception {
        String b = members.newAddress();
        Transport atA = members.open(members.newAddress());
        members.open(b).listen((method, request) -> new CompletableFuture<>());
        for (int i = 0; i < 2000; i++) {
            Method method = i % 2 == 0 ? Method.DESCRIBE : Method.RAFT_APPEND;
            CompletableFuture<byte[]> pending = atA.call(b, method, bytes("x"), LONG);
            assertThat(pending).isNotNull();
        }
        await().until(() -> transportThreads().stream().anyMatch(name -> name.contains("-handler-")));
        assertThat(transportThreads()).hasSizeLessThanOrEqualTo(2 * (2 + 4 + 2 + 1));
    }

    @Test
    void aBusyPortIsNamedWithTheRemedyAndLeavesNothingOpen() throws Exception {
        String address = members.newAddress();
        members.open(address).listen(Calls::echo);
        Set<String> threadsBefore = transportThreads();
        long filesBefore = openFiles();
        Transport second = members.open(address);
        assertThatThrownBy(() -> second.listen(Calls::echo))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "port is in use: port=" + HostPort.parse(address).port())
                .hasMessageContaining("another port");
        second.close();
        assertThat(transportThreads()).isEqualTo(threadsBefore);
        await().untilAsserted(() -> assertThat(openFiles()).isLessThanOrEqualTo(filesBefore));
    }

    @Test
    void aFailedListenMayBeTriedAgain() throws Exception {
        String address = members.newAddress();
        Transport first = members.open(address);
        first.listen(Calls::echo);
        Transport second = members.open(address);
        assertThatThrownBy(() -> second.listen(Calls::echo)).isInstanceOf(IOException.class);
        first.close();
        second.listen(Calls::echo);
        assertThat(get(second.call(address, Method.DESCRIBE, bytes("x"), LONG))).isEqualTo("x");
    }

    @Test
    void anAddressOfAnotherHostIsAnErrorThatNamesTheRemedy() throws Exception {
        Transport elsewhere = members.open(
                "192.0.2.1:9010", GrpcMembers.CREDENTIALS, GrpcMembers.options().plaintextBeyondLoopback(true));
        assertThatThrownBy(() -> elsewhere.listen(Calls::echo))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("192.0.2.1:9010")
                .hasMessageContaining("bindHost");
    }

    @Tag("alone")
    @Test
    void closesFromOneOfItsOwnThreads() throws Exception {
        String b = members.newAddress();
        Transport atA = members.open(members.newAddress());
        members.open(b).listen(Calls::echo);
        CompletableFuture<Void> closed =
                atA.call(b, Method.RAFT_APPEND, bytes("x"), LONG).thenRun(atA::close);
        long start = System.nanoTime();
        closed.join();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1500));
    }

    /** Threads once those that gRPC and Netty keep for a second after their last use are gone. */
    private static Set<String> quietThreads() {
        await().atMost(Duration.ofSeconds(10)).until(() -> threads().stream()
                .noneMatch(name -> name.startsWith("grpc-") || name.startsWith("globalEventExecutor")));
        return threads();
    }

    private static Set<String> transportThreads() {
        Set<String> names = new TreeSet<>(threads());
        names.removeIf(name -> !name.startsWith("member-"));
        return names;
    }

    private static Set<String> threads() {
        Set<String> names = new TreeSet<>();
        Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .forEach(thread -> names.add(thread.getName() + "#" + thread.getId()));
        names.removeIf(name -> name.startsWith("awaitility")); // The one that looks.
        return names;
    }

    /** Not what the JVM opens once for itself, whenever it first needs it: jars, its own libraries, devices. */
    private static boolean isOurs(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return !target.endsWith(".jar") && !target.endsWith(".so") && !target.startsWith("/dev/");
        } catch (IOException e) {
            return false; // Closed meanwhile.
        }
    }

    private static long openFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0; // Not Linux: threads only.
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(GrpcLifecycleTest::isOurs).count();
        }
    }
}
