package io.metastore.benchmarks;

import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * The images of a cluster: what a member starts from instead of replaying everything, whatever the system calls it. The cluster was opened with {@link
 * ImagePlan#ON_REQUEST}. Each method says which capability it belongs to; called by one thread at a time, while others read and write.
 */
public interface Images {
    /** Makes one image of what the leader has applied; returns when it is complete and on disk. {@link Capability#IMAGES}. */
    void makeAtLeader() throws Exception;

    /** The same at every running member, all at once. {@link Capability#IMAGES}. */
    void makeEverywhere() throws Exception;

    /**
     * Makes an image at one running member, as when each makes its own while the others do not.
     *
     * @param turn from 0; whose turn it is goes round among them
     */
    void makeInTurn(int turn) throws Exception;

    /** How much longer the leader's thread that applies writes was at them while its last image was made than else; empty when that is not known. {@link Capability#IMAGES}. */
    default OptionalDouble applyHeldSeconds() throws Exception {
        return OptionalDouble.empty();
    }

    /** Whether the member that {@link Cluster#stopFollower} stopped cannot get level from the journals of the others any more. {@link Capability#SHIPPING}. */
    default boolean journalPurgedPastStopped() throws Exception {
        throw new UnsupportedOperationException("shipping of images is not supported: images=" + this);
    }

    /** Bytes of images that members have received from each other since the cluster was opened. {@link Capability#SHIPPING}. */
    default long receivedBytes() throws Exception {
        throw new UnsupportedOperationException("shipping of images is not supported: images=" + this);
    }

    /** Length of all files of the leader's newest image. {@link Capability#ARCHIVE}. */
    default long newestBytes() throws Exception {
        throw new UnsupportedOperationException("archives are not supported: images=" + this);
    }

    /** Reads the leader's newest image completely and checks all of it. {@link Capability#ARCHIVE}. */
    default void verifyNewest() throws Exception {
        throw new UnsupportedOperationException("archives are not supported: images=" + this);
    }

    /**
     * Writes the leader's newest image to one file. {@link Capability#ARCHIVE}.
     *
     * @param file does not exist
     */
    default void exportNewest(Path file) throws Exception {
        throw new UnsupportedOperationException("archives are not supported: images=" + this);
    }

    /**
     * Opens a new store with one member from such a file. {@link Capability#ARCHIVE}.
     *
     * @param directory exists and is empty
     * @return ready to read; closed by the caller
     */
    default Cluster importFrom(Path file, Path directory) throws Exception {
        throw new UnsupportedOperationException("archives are not supported: images=" + this);
    }
}
