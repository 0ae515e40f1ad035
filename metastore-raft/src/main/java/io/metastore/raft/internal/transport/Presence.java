package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Whether somebody is at an address, whatever certificates, token or protocol he wants. */
public final class Presence {

    /** What each HTTP/2 connection begins with. Who speaks it says something, who wants TLS says that this is none, or hangs up. */
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private Presence() {}

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
