package io.metastore.recovery;

import io.metastore.raft.remote.RemoteMember;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is decided by people when a recovery is planned. Immutable; begin with {@link #DEFAULT}.
 *
 * @param source label of the copy to begin from; the freshest one when empty
 * @param tail what of its journal's end is taken over
 * @param skipped labels of sources that cannot be looked at and are to be done without
 * @param by who asks; recorded for good
 * @param why in their words; recorded for good
 * @param address where the member that goes on listens from then on; where it did when empty
 */
public record PlanOptions(
        Optional<String> source, Tail tail, Set<String> skipped, String by, String why, Optional<String> address) {

    /** The freshest copy, all of it, nothing skipped, by whoever runs this process. */
    public static final PlanOptions DEFAULT = new PlanOptions(
            Optional.empty(),
            Tail.KEEP_ALL,
            Set.of(),
            System.getProperty("user.name", ""),
            "majority lost",
            Optional.empty());

    public PlanOptions {
        skipped = Set.copyOf(skipped);
    }

    /** Begins from another copy than the freshest. */
    public PlanOptions from(String label) {
        return new PlanOptions(Optional.of(label), tail, skipped, by, why, address);
    }

    /** Deals otherwise with the end of the journal. */
    public PlanOptions tail(Tail policy) {
        return new PlanOptions(source, policy, skipped, by, why, address);
    }

    /** Does without a source that cannot be looked at. */
    public PlanOptions skip(String label) {
        Set<String> more = new HashSet<>(skipped);
        more.add(label);
        return new PlanOptions(source, tail, more, by, why, address);
    }

    /** Who asks, and why. */
    public PlanOptions because(String who, String reason) {
        return new PlanOptions(source, tail, skipped, who, reason, address);
    }

    /**
     * The member that goes on listens elsewhere from then on: when its disk is in another host. It is started with that address, and the others find it there.
     *
     * @param newAddress {@code host:port}
     * @throws IllegalArgumentException it is not of that form
     */
    public PlanOptions at(String newAddress) {
        RemoteMember.checkAddress(newAddress);
        return new PlanOptions(source, tail, skipped, by, why, Optional.of(newAddress));
    }
}
