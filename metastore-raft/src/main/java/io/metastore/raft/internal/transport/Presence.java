package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Whether somebody is at an address, whatever certificates, token or protocol he wants. */
public final class Presence {

    /** What each HTTP/2 connection begins with. Who speaks it says something, who wants TLS says that this is none, or hangs up. */
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Presence() {}

    /**
     * Looks at all of them at once, each on a thread of its own, so that it blocks for as long as one of them takes. An interrupt is kept for afterwards.
     *
     * @param addresses {@code host:port}
     * @return those where somebody is, as {@link #isAt} says, in their order
     */
    public static List<String> among(Collection<String> addresses, Duration within) {
        addresses.forEach(HostPort::parse);
        Map<String, FutureTask<Boolean>> looks = new LinkedHashMap<>();
        for (String address : addresses) {
            looks.put(address, new FutureTask<>(() -> isAt(address, within)));
        }
        looks.forEach((address, look) -> {
            Thread thread = new Thread(look, "metastore-look-" + address);
            thread.setDaemon(true);
            thread.start();
        });
        return looks.entrySet().stream()
                .filter(look -> result(look.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean result(FutureTask<Boolean> look) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return look.get();
                } catch (InterruptedException e) {
                    interrupted = true; // It ends by itself, soon.
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("an address could not be looked at: cause=" + e.getCause(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Looks once. Blocks for twice the time at most.
     *
     * @param address {@code host:port}
     * @return false when nobody takes the connection, or says a word on it or ends it, within the time
     */
    public static boolean isAt(String address, Duration within) {
        HostPort place = HostPort.parse(address);
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, within.toMillis()));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.host(), place.port()), millis);
            return hasAnswered(socket, millis);
        } catch (IOException e) {
            return false;
        }
    }

    /** Also by hanging up: that needs a process, while connections are taken by the kernel of its host alone. */
    private static boolean hasAnswered(Socket socket, int millis) {
        try {
            socket.setSoTimeout(millis);
            socket.getOutputStream().write(PREFACE);
            socket.getInputStream().read();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
