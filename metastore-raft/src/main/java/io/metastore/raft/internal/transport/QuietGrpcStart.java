package io.metastore.raft.internal.transport;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps gRPC from greeting the application on standard error: one of its classes logs at INFO when it is loaded, to {@code java.util.logging}, which
 * prints that unless told otherwise. The class is loaded here once with its logger quiet; afterwards the logger is as it was, and one that the
 * application has set a level for is left alone.
 */
final class QuietGrpcStart {
    private static final String TALKATIVE = "io.grpc.netty.shaded.io.grpc.netty.TcpMetrics";

    static {
        Logger logger = Logger.getLogger(TALKATIVE);
        if (logger.getLevel() == null) {
            logger.setLevel(Level.WARNING);
            load();
            logger.setLevel(null);
        }
    }

    private QuietGrpcStart() {}

    /** Does what this class is for the first time it is called, and nothing later. */
    static void ensure() {}

    private static void load() {
        try {
            Class.forName(TALKATIVE, true, QuietGrpcStart.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return; // Another version of gRPC, which the application brings: it has no such class, or says what is
            // wrong with it itself.
        }
    }
}
