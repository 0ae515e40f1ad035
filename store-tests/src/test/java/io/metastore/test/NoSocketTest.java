package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MetaStore;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A single member has no port, and nothing else of a network: looked at in a process of its own. */
@EnabledOnOs(OS.LINUX) // Others do not show what a process has open.
class NoSocketTest {

    /** Works with a store and prints how many sockets there are meanwhile; at last how many when it opens one itself. */
    static final class Worker {
        public static void main(String[] arguments) throws IOException {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            // The JVM makes a pair of sockets when it opens its first file channel, and keeps one to put in place of
            // descriptors it closes.
            FileChannel.open(Path.of("/proc/self/status")).close();
            long ownOfTheJvm = sockets();
            for (int round = 1; round <= 2; round++) {
                try (MetaStore store = MetaStore.open(Path.of(arguments[0]))) {
                    out.println("opened " + (sockets() - ownOfTheJvm));
                    store.table(NOTES).put("k", "v");
                    store.update(tx -> tx.in(NOTES).put("l", "w"));
                    boolean there = store.table(NOTES).contains("k")
                            && store.status().members().size() == 1;
                    out.println((there ? "worked " : "found nothing ") + (sockets() - ownOfTheJvm));
                }
            }
            out.println("closed " + (sockets() - ownOfTheJvm));
            try (ServerSocket first = new ServerSocket(0)) { // With which a JDK may open another for good.
                long before = sockets();
                try (ServerSocket second = new ServerSocket(0)) {
                    boolean bound = first.isBound() && second.isBound();
                    out.println((bound ? "control " : "not bound ") + (sockets() - before));
                }
            }
        }

        /** Standard input and output are whatever the parent has given it. */
        private static long sockets() throws IOException {
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return open.filter(each -> Integer.parseInt(each.getFileName().toString()) > 2)
                        .filter(Worker::isSocket)
                        .count();
            }
        }

        private static boolean isSocket(Path descriptor) {
            try {
                return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
            } catch (IOException e) {
                return false; // The one that lists them is closed by now.
            }
        }
    }

    @Test
    void aSingleMemberOpensNoSocket(@TempDir Path temporary) {
        try (ChildJvm child =
                ChildJvm.start(Worker.class, temporary.resolve("store").toString())) {
            for (String expected : List.of("opened 0", "worked 0", "opened 0", "worked 0", "closed 0", "control 1")) {
                assertThat(child.line()).isEqualTo(expected);
            }
            assertThat(child.end()).isZero();
        }
    }
}
