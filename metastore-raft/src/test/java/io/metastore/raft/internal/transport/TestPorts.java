package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * Ports at 127.0.0.1 that no other JVM of tests uses, also while nobody listens there: a JVM takes a block of them for as long as it lives, by listening at the
 * first one. All are below the range from which the system picks, so no connection gets one either.
 */
public final class TestPorts {

    private static final int FIRST_PORT = 10_000;
    private static final int BLOCKS = 10;
    private static final int BLOCK_PORTS = 2_000;

    private static final ServerSocket BLOCK = takeBlock();
    private static int last = BLOCK.getLocalPort();

    private TestPorts() {}

    /** One that was not handed out before, unless that was long ago. */
    public static synchronized int next() {
        for (int attempt = 1; attempt < BLOCK_PORTS; attempt++) {
            last = last + 1 < BLOCK.getLocalPort() + BLOCK_PORTS ? last + 1 : BLOCK.getLocalPort() + 1;
            if (isFree(last)) {
                return last;
            }
        }
        throw new IllegalStateException("no port is free: from=" + BLOCK.getLocalPort() + " ports=" + BLOCK_PORTS);
    }

    public static String nextAddress() {
        return "127.0.0.1:" + next();
    }

    private static ServerSocket takeBlock() {
        for (int block = 0; block < BLOCKS; block++) {
            ServerSocket taken = listen(FIRST_PORT + block * BLOCK_PORTS);
            if (taken != null) {
                return taken;
            }
        }
        throw new IllegalStateException("more JVMs of tests than blocks of ports: blocks=" + BLOCKS);
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = listen(port)) {
            return probe != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable ServerSocket listen(int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            return null;
        }
    }
}
