package io.metastore.raft.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A wire that can be frozen: connections stay open and carry nothing, new ones are accepted and lead nowhere. */
final class TcpRelay implements AutoCloseable {
    private final int targetPort;
    private final ServerSocket accepting;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private boolean frozen;

    TcpRelay(int targetPort) throws IOException {
        this.targetPort = targetPort;
        accepting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    String address() {
        return "127.0.0.1:" + accepting.getLocalPort();
    }

    synchronized void freeze() {
        frozen = true;
    }

    synchronized void thaw() {
        frozen = false;
        notifyAll();
    }

    private void accept() throws Exception {
        while (true) {
            Socket near = accepting.accept();
            sockets.add(near);
            Socket far = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            sockets.add(far);
            start("out", () -> copy(near, far));
            start("back", () -> copy(far, near));
        }
    }

    private void copy(Socket from, Socket to) throws Exception {
        byte[] buffer = new byte[8192];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            awaitThaw();
            out.write(buffer, 0, read);
        }
        to.close();
    }

    private synchronized void awaitThaw() throws InterruptedException {
        while (frozen) {
            wait();
        }
    }

    @Override
    public void close() throws IOException {
        thaw();
        accepting.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private static void start(String role, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (Exception e) {
                        return; // A closed socket is how these end.
                    }
                },
                "relay-" + role);
        thread.setDaemon(true);
        thread.start();
    }
}
