package io.metastore.test;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loopback addresses that no other process and no other cluster of this process uses: the host comes from the process id, which is unique while the
 * process lives, the port is counted up below the range the system hands out by itself.
 */
final class LoopbackAddresses {

    private static final int FIRST_PORT = 10_000;
    private static final int LAST_PORT = 30_000;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(FIRST_PORT);

    private LoopbackAddresses() {}

    static String next() {
        int port = NEXT_PORT.getAndUpdate(now -> now >= LAST_PORT ? FIRST_PORT : now + 1);
        return host() + ":" + port;
    }

    private static String host() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            return "127.0.0.1"; // Elsewhere only this one loopback address is up.
        }
        long pid = ProcessHandle.current().pid();
        return "127." + (1 + (pid >> 16) % 254) + "." + ((pid >> 8) & 0xFF) + "." + (1 + (pid & 0xFF) % 254);
    }
}
