package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.AddressInUseException;
import io.metastore.api.Codecs;
import io.metastore.api.CommandType;
import io.metastore.api.ConfigurationException;
import io.metastore.api.DirectoryInUseException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.MetaStore;
import io.metastore.api.Range;
import io.metastore.api.StoreFailedException;
import io.metastore.raft.MemberProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Opening and closing, many times, and what is left in the process afterwards: nothing. */
@Isolated("counts the threads and open files of the whole process")
class LifecycleTest {

    private static final CommandType<String, String> ECHO =
            CommandType.of("echo", Codecs.utf8(), Codecs.utf8(), (context, argument) -> argument);

    @Test
    void twoHundredOpeningsAndClosingsOfAMemberLeaveNothingOpen(@TempDir Path temporary) {
        cycle(temporary.resolve("warm"), 10);
        Resources before = Resources.now();
        List<Duration> times = cycle(temporary.resolve("store"), 200);
        before.awaitReturn();
        System.out.println("single member: before " + before.counts() + ", after 200 cycles "
                + Resources.now().counts() + ", open+write+close " + TimeSummary.of(times));
    }

    /** Opens the same directory again and again, and everything is still there. */
    private static List<Duration> cycle(Path directory, int times) {
        List<Duration> took = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < times; i++) {
            long started = System.nanoTime();
            MetaStore store = MetaStore.open(directory);
            try (store) {
                store.table(NOTES).put("k" + i, "v");
                int handles = MemberProbe.openNativeHandles(store);
                first = i == 0 ? handles : first;
                // It has some, or nothing was counted, and no more each time.
                assertThat(handles).as("opening %d", i).isPositive().isLessThanOrEqualTo(first);
            }
            assertThat(MemberProbe.openNativeHandles(store))
                    .as("native handles after closing %d", i)
                    .isZero();
            took.add(Duration.ofNanos(System.nanoTime() - started));
        }
        try (MetaStore store = MetaStore.open(directory)) {
            assertThat(store.table(NOTES).count(Range.all())).isEqualTo(times);
        }
        return took;
    }

    /** Fails so many times while a store is open, whose own threads and files come and go with it. */
    private static void besides(Path used, Runnable failures, int times) {
        try (MetaStore holder = MetaStore.open(used)) {
            for (int i = 0; i < times; i++) {
                failures.run();
            }
            holder.table(NOTES).put("k", "v");
        }
    }

    @Test
    void openingsThatFailLeaveNothingOpen(@TempDir Path temporary) throws IOException {
        // given
        Path used = temporary.resolve("used");
        Path foreign = Files.createDirectories(temporary.resolve("foreign"));
        Files.writeString(foreign.resolve("file"), "mine");
        Path file = Files.writeString(temporary.resolve("file"), "mine");
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + busy.getLocalPort();
            Runnable all = () -> {
                fails(MetaStore.builder(used), DirectoryInUseException.class);
                fails(MetaStore.builder(foreign), DirectoryMismatchException.class);
                fails(MetaStore.builder(file), DirectoryUnusableException.class);
                fails(MetaStore.builder(temporary.resolve("a")).commands(ECHO, ECHO), ConfigurationException.class);
                fails(MetaStore.builder(temporary.resolve("b")).member("fe1", address), ConfigurationException.class);
                fails(
                        MetaStore.builder(temporary.resolve("c"))
                                .member("fe1", address)
                                .bootstrap("fe1=" + address),
                        AddressInUseException.class);
                fails(
                        MetaStore.builder(temporary.resolve("d"))
                                .member("fe1", "192.0.2.1:9010")
                                .bootstrap("fe1=192.0.2.1:9010"),
                        ConfigurationException.class);
            };
            besides(used, all, 1);
            Resources before = Resources.now();
            // when
            besides(used, all, 20);
            // then
            before.awaitReturn();
        }
        for (String name : List.of("a", "b", "c", "d", "used")) {
            MetaStore.open(temporary.resolve(name)).close();
        }
    }

    @Test
    void aStoreThatCannotWriteItsLastStateSaysSoAndLetsGoOfEverythingElse(@TempDir Path temporary) throws IOException {
        MetaStore.open(temporary.resolve("warm")).close();
        Resources before = Resources.now();
        Path directory = temporary.resolve("store");
        MetaStore store = MetaStore.open(directory);
        store.table(NOTES).put("k", "v");
        Path state = directory.resolve("stores/main/epoch-000001/state");
        assertThat(state).isDirectory();
        TestMember.delete(state);
        assertThatThrownBy(store::close)
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("state");
        before.awaitReturn();
        store.close();
        TestMember.delete(directory);
        MetaStore.open(directory).close();
    }

    private static void fails(MetaStore.Builder builder, Class<? extends Throwable> expected) {
        assertThatThrownBy(builder::open).isInstanceOf(expected);
    }

    /** Meets a busy port, a directory in use and a closed store; ends by returning from main, and by nothing else. */
    static final class Unlucky {
        public static void main(String[] arguments) {
            Thread.UncaughtExceptionHandler handler = (thread, error) -> System.out.println("uncaught " + error);
            Thread.setDefaultUncaughtExceptionHandler(handler);
            Path directory = Path.of(arguments[0]);
            String address = arguments[1];
            try {
                MetaStore.builder(directory)
                        .member("fe1", address)
                        .bootstrap("fe1=" + address)
                        .open();
            } catch (AddressInUseException e) {
                System.out.println("busy " + String.valueOf(e.getMessage()).contains(address));
            }
            try (MetaStore store = MetaStore.open(directory)) {
                store.table(NOTES).put("k", "v");
                MetaStore.open(directory);
            } catch (DirectoryInUseException e) {
                System.out.println("in use");
            }
            System.out.println("handler untouched " + (Thread.getDefaultUncaughtExceptionHandler() == handler));
        }
    }

    @Test
    void noMisfortuneEndsTheProcessOrTouchesItsHandlers(@TempDir Path temporary) throws IOException {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ChildJvm child = ChildJvm.start(
                        Unlucky.class, temporary.resolve("m").toString(), "127.0.0.1:" + busy.getLocalPort())) {
            assertThat(child.line()).isEqualTo("busy true");
            assertThat(child.line()).isEqualTo("in use");
            assertThat(child.line()).isEqualTo("handler untouched true");
            assertThat(child.end()).isZero();
        }
    }
}
