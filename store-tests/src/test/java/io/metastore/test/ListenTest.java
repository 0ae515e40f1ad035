package io.metastore.test;

import static io.metastore.test.Catalog.NOTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.metastore.api.ConfigurationException;
import io.metastore.api.MetaStore;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listening at another address than the one the others are told. */
class ListenTest {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORTS_END = 32_768;
    private static int lastPort = 30_000 + (int) (ProcessHandle.current().pid() % 2_000);

    @Test
    void aMemberListensWhereItIsToldAndOnlyThere(@TempDir Path temporary) throws IOException {
        String known = LoopbackAddresses.next(); // Nobody else uses it.
        String knownHost = known.substring(0, known.indexOf(':'));
        int used = freePort();
        try (MetaStore store = MetaStore.builder(temporary.resolve("fe1"))
                .member("fe1", known)
                .bootstrap("fe1=" + known)
                .listen("127.0.0.2:" + used)
                .open()) {
            store.table(NOTES).put("k", "v");
            assertThat(store.status().members().get(0).address()).isEqualTo(known);
            assertThat(accepts("127.0.0.2", used)).isTrue();
            assertThat(accepts(knownHost, used)).isFalse();
            assertThat(accepts(knownHost, Integer.parseInt(known.substring(known.indexOf(':') + 1))))
                    .isFalse();
        }
    }

    /** All interfaces of this host contain the loopback one, so members reach each other at what they advertise. */
    @Test
    void membersThatListenEverywhereReachEachOtherAtWhatTheyAdvertise(@TempDir Path temporary) throws IOException {
        int first = freePort();
        int second = freePort();
        MetaStore.Builder one = member(temporary, "fe1", first, first, second).allowPlaintextBeyondLoopback();
        MetaStore.Builder other =
                member(temporary, "fe2", second, first, second).allowPlaintextBeyondLoopback();
        CompletableFuture<MetaStore> opening = CompletableFuture.supplyAsync(one::open);
        try (MetaStore fe2 = other.open();
                MetaStore fe1 = opening.join()) {
            fe1.table(NOTES).put("k", "v");
            assertThat(fe2.table(NOTES).get("k")).contains("v");
        }
    }

    @Test
    void plaintextBeyondLoopbackMustBeAskedForThereToo(@TempDir Path temporary) throws IOException {
        int port = freePort();
        assertThatThrownBy(
                        () -> member(temporary, "fe1", port, port, freePort()).open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("allowPlaintextBeyondLoopback()");
    }

    @Test
    void anAddressThatIsNoneIsAMistakeOfTheSettings(@TempDir Path temporary) {
        assertThatThrownBy(() -> MetaStore.builder(temporary.resolve("fe1"))
                        .member("fe1", "127.0.0.1:9010")
                        .bootstrap("fe1=127.0.0.1:9010")
                        .listen("0.0.0.0")
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("0.0.0.0");
        assertThatThrownBy(() -> MetaStore.builder(temporary.resolve("single"))
                        .listen("0.0.0.0:9010")
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("member(name, address)");
    }

    private static MetaStore.Builder member(Path temporary, String name, int port, int first, int second) {
        return MetaStore.builder(temporary.resolve(name))
                .member(name, LOOPBACK + ":" + port)
                .bootstrap("fe1=" + LOOPBACK + ":" + first, "fe2=" + LOOPBACK + ":" + second)
                .listen("0.0.0.0:" + port);
    }

    /** Between the ports of clusters, which others on this machine use at hosts of their own, and those the system picks by itself. */
    private static int freePort() throws IOException {
        do {
            lastPort++;
        } while (lastPort < PORTS_END && !isFree(lastPort));
        assertThat(lastPort).as("a port that is free").isLessThan(PORTS_END);
        return lastPort;
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket everywhere = new ServerSocket(port)) {
            return everywhere.isBound();
        } catch (BindException e) {
            return false;
        }
    }

    private static boolean accepts(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 5000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
