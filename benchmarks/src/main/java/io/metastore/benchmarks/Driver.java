package io.metastore.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * One system that can be measured. Implementations are found through {@link java.util.ServiceLoader}, so a driver may live
 * in a jar of its own; it needs a public constructor without parameters that neither opens nor starts anything.
 */
public interface Driver {
    /** The name on the command line and in the results: short, lower case, unique. */
    String name();

    /** One line that says when a write is acknowledged and what a strong read promises; printed under the table. */
    String guarantees();

    /** What the cluster can do beyond durable puts; a workload that needs more is shown as {@code -}. */
    Set<Capability> capabilities();

    /**
     * Opens all members, in this JVM unless {@link Cluster#otherProcesses} says otherwise, on empty directories or on those an earlier cluster of the same members left.
     *
     * <p>Returns once a leader accepts writes and every member has caught up with what was committed when it did: this
     * is what W6 measures.
     *
     * @param members at least three; directories exist, addresses are on loopback and free
     * @throws IOException or any other exception when the system does not start; whatever was opened is closed again
     */
    Cluster open(List<Member> members) throws Exception;

    /** The same with a say in when images are made; a driver with {@link Capability#IMAGES} overrides this. */
    default Cluster open(List<Member> members, ImagePlan plan) throws Exception {
        if (plan != ImagePlan.DEFAULT) {
            throw new UnsupportedOperationException("images on request are not supported: system=" + name());
        }
        return open(members);
    }
}
