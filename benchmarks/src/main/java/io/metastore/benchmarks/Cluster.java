package io.metastore.benchmarks;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The running members of one system.
 *
 * <p>Reads and writes are called from many threads at once and block the caller until they are done. They fail with any
 * exception; the harness counts it as one error and goes on. They retry only what the system's own client would retry.
 */
public interface Cluster extends AutoCloseable {
    /** Writes one record; returns when it is applied and a majority has forced it to disk. */
    void put(String key, byte[] value) throws Exception;

    /** Reads with the strongest guarantee the system has, or null when there is no such key. */
    default byte @Nullable [] readStrong(String key) throws Exception {
        throw new UnsupportedOperationException("strong read is not supported: cluster=" + this);
    }

    /** Reads what the first member has in its own state, however old, or null when there is no such key. */
    default byte @Nullable [] readLocal(String key) throws Exception {
        throw new UnsupportedOperationException("local read is not supported: cluster=" + this);
    }

    /**
     * Reads some records and writes others in one serializable transaction, which the system runs again when something it read
     * was changed meanwhile; returns when it is applied and a majority has forced it to disk.
     *
     * @param reads keys that exist; a missing one is an error
     * @param writes keys that all get the value
     */
    default void transact(List<String> reads, List<String> writes, byte[] value) throws Exception {
        throw new UnsupportedOperationException("transactions are not supported: cluster=" + this);
    }

    /** Stops the leader, with as little of a goodbye as the system allows inside one JVM. Returns when it is stopped. */
    default void stopLeader() throws Exception {
        throw new UnsupportedOperationException("stopping the leader is not supported: cluster=" + this);
    }

    /** Stops a member that does not lead, with as little of a goodbye as the system allows inside one JVM. */
    default void stopFollower() throws Exception {
        throw new UnsupportedOperationException("stopping a follower is not supported: cluster=" + this);
    }

    /**
     * Opens the member that {@link #stopLeader} or {@link #stopFollower} stopped; returns when it has caught up and can acknowledge writes. While others
     * write all the time, it has caught up when it is behind by what is on its way.
     */
    default void restartStopped() throws Exception {
        throw new UnsupportedOperationException("restarting a member is not supported: cluster=" + this);
    }

    /**
     * The same for a member that has lost what it had: its directory is emptied first. Returns when it has caught up, whatever that takes of the system's
     * ways to take a member back, and counts as it did.
     */
    default void restartStoppedEmpty() throws Exception {
        throw new UnsupportedOperationException("restarting an empty member is not supported: cluster=" + this);
    }

    /** Its images. */
    default Images images() {
        throw new UnsupportedOperationException("images are not supported: cluster=" + this);
    }

    /** Ends all members as if their processes had died: nothing is handed over, nothing is flushed. Then it is closed. */
    default void crash() throws Exception {
        throw new UnsupportedOperationException("crashing is not supported: cluster=" + this);
    }

    /** Processes other than this one that hold members: their processor time and memory count too. */
    default List<ProcessHandle> otherProcesses() {
        return List.of();
    }

    /** Closes all members in an orderly way. Idempotent. */
    @Override
    void close() throws IOException;
}
