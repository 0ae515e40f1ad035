package io.metastore.raft.internal.ratis;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The appenders that run now: one per other member while this member leads, none else. */
final class Appenders {
    private final CopyOnWriteArrayList<TransportLogAppender> running = new CopyOnWriteArrayList<>();

    private volatile boolean transferring;

    void add(TransportLogAppender appender) {
        running.addIfAbsent(appender);
    }

    void remove(TransportLogAppender appender) {
        running.remove(appender);
    }

    void forEach(Consumer<TransportLogAppender> action) {
        running.forEach(action);
    }

    /** Whether leadership is being given away, so that every acknowledgement counts: the next leader has to have all entries. */
    boolean isTransferring() {
        return transferring;
    }

    void transferring(boolean now) {
        transferring = now;
    }
}
