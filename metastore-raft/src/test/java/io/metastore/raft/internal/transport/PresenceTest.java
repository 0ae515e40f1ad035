package io.metastore.raft.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who is at many addresses. */
class PresenceTest {
    /** More than a pool of the JVM has threads. */
    private static final int LISTENERS = 24;

    private static String address(int port) {
        return InetAddress.getLoopbackAddress().getHostAddress() + ":" + port;
    }

    /** Nobody says a word, or hangs up, before all are connected. */
    @Test
    void allAreLookedAtAtOnce() throws Exception {
        List<ServerSocket> listeners = new ArrayList<>();
        try {
            for (int i = 0; i < LISTENERS; i++) {
                listeners.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<String> addresses = listeners.stream()
                    .map(listener -> address(listener.getLocalPort()))
                    .toList();
            Thread hangingUp = new Thread(() -> hangUpOnAll(listeners), "listeners");
            hangingUp.start();
            assertThat(Presence.among(addresses, Duration.ofSeconds(3))).isEqualTo(addresses);
            hangingUp.join();
        } finally {
            for (ServerSocket listener : listeners) {
                listener.close();
            }
        }
    }

    private static void hangUpOnAll(List<ServerSocket> listeners) {
        List<Socket> taken = new ArrayList<>();
        try {
            for (ServerSocket listener : listeners) {
                taken.add(listener.accept());
            }
            for (Socket each : taken) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whereNobodyListensNobodyIs() throws IOException {
        try (Socket bound = new Socket();
                ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // Takes no connections.
            List<String> addresses = Stream.of(bound.getLocalPort(), listener.getLocalPort())
                    .map(PresenceTest::address)
                    .toList();
            assertThat(Presence.among(addresses, Duration.ofMillis(50)))
                    .as("the second one takes a connection by its host alone")
                    .isEmpty();
        }
        assertThat(Presence.among(List.of(), Duration.ofMillis(50))).isEmpty();
        assertThatThrownBy(() -> Presence.among(List.of("nowhere"), Duration.ofMillis(50)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInterruptIsKept() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.currentThread().interrupt();
            assertThat(Presence.among(List.of(address(silent.getLocalPort())), Duration.ofMillis(50)))
                    .isEmpty();
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
