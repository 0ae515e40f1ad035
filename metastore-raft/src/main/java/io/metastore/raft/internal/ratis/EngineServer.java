package io.metastore.raft.internal.ratis;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/** Ratis' server of one engine: started so that a pause holds from the first election on, closed once whoever asks for it. */
final class EngineServer {

    private final Object closing = new Object();

    /** Null before the start. */
    private volatile @Nullable RaftServer server;

    private volatile boolean closed;

    /**
     * Starts a server that was made just now; {@link #close} closes it from here on, also when this fails.
     *
     * @param opened runs when its journal is open, before it can have added to it; may refuse
     */
    void start(RaftServer made, RaftGroupId group, ElectionPause pause, ChangingVoter changingVoter, Opened opened)
            throws IOException {
        server = made;
        RaftServer.Division starting = made.getDivision(group);
        // Elections begin under the division's lock, and can be paused only after the first timeout has begun to run:
        // so they wait until that is said. A new leader writes at once, so what was found is looked at here as well.
        synchronized (starting) {
            made.start();
            opened.run();
            pause.attach(starting);
            if (pause.isRequested()) {
                pause.settle();
            }
            changingVoter.started(starting);
        }
    }

    /** Work that may fail as Ratis does. */
    @FunctionalInterface
    interface Opened {
        void run() throws IOException;
    }

    @Nullable
    RaftServer get() {
        return server;
    }

    /** Returns when it is closed; without a bound. */
    void close() {
        synchronized (closing) { // So that nobody takes it for closed while another thread closes it.
            RaftServer current = server;
            try {
                if (current != null) {
                    current.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e); // Declared, never thrown.
            } finally {
                closed = true;
            }
        }
    }

    /** Whether it has been closed, or there never was one when it was. */
    boolean isClosed() {
        return closed;
    }
}
