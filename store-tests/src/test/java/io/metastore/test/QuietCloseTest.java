package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetastoreException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Opening, writing and an orderly close are nothing to be warned of, also while others go on sending. */
class QuietCloseTest {

    private static final int ROUNDS = 4;
    private static final int CALLERS = 4;

    @Test
    void aProcessThatOpensWritesAndClosesUnderLoadSaysNothing() {
        try (ChildJvm child = ChildJvm.start(Application.class)) {
            assertThat(child.line()).as("on standard error").isEqualTo("quiet");
            assertThat(child.end()).isZero();
        }
    }

    /** Logs from WARN on, Ratis from ERROR on as it warns of every election, and prints what came to standard error, whoever wrote it. */
    static final class Application {
        public static void main(String[] arguments) throws InterruptedException {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
            System.setProperty("org.slf4j.simpleLogger.log.org.apache.ratis", "error");
            PrintStream before = System.err;
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
            for (int round = 0; round < ROUNDS; round++) {
                closeUnderLoad(round);
            }
            System.setErr(before);
            String lines = written.toString(StandardCharsets.UTF_8);
            System.out.println(lines.isEmpty() ? "quiet" : lines);
        }
    }

    /** Stops a follower in one round and the leader in the next, then all that are left at once. */
    private static void closeUnderLoad(int round) throws InterruptedException {
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        try (TestCluster cluster = TestCluster.builder()
                .links(round < ROUNDS - 2 ? MetaStoreTest.Links.SIMULATED : MetaStoreTest.Links.GRPC)
                .start()) {
            TestMember closing = round % 2 == 0 ? cluster.anyFollower() : cluster.leader();
            TestMember other = cluster.members().stream()
                    .filter(member -> member != closing)
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(new Thread(() -> write(other, stopped, written)));
            }
            callers.forEach(Thread::start);
            Awaitility.await().until(() -> written.get() > 200);
            closing.stop();
        } finally {
            stopped.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }

    private static void write(TestMember member, AtomicBoolean stopped, AtomicInteger written) {
        while (!stopped.get() && member.isRunning()) {
            try {
                member.table(NOTES).put("k", "v" + written.get());
                written.incrementAndGet();
            } catch (MetastoreException | IllegalStateException e) {
                assertThat(e).isNotNull(); // In the end the member that is written to is closed, too.
            }
        }
    }
}
