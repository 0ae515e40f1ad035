package io.metastore.recovery;

import io.metastore.raft.remote.RemoteMember;
import io.metastore.recovery.internal.reset.FetchRate;
import java.util.HashSet;
import java.util.List;
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
 * @param readmit which of the others come back into the new epoch by themselves
 * @param strangers addresses of the cluster's members at which somebody else listens by now
 * @param fetchBytesPerSecond how fast the journal of a member of another process is fetched at most, from 64 KiB; default {@link #UNLIMITED}. Small: a long time
 *     without a store that takes writes. Large: what else uses the network notices
 */
public record PlanOptions(
        Optional<String> source,
        Tail tail,
        Set<String> skipped,
        String by,
        String why,
        Optional<String> address,
        Readmit readmit,
        Set<String> strangers,
        long fetchBytesPerSecond) {

    /** A rate that is none. */
    public static final long UNLIMITED = FetchRate.UNLIMITED;

    /**
     * Which members come back into the new epoch by the plan alone.
     *
     * @param all every one of which there is a copy
     * @param names those, by their names
     */
    public record Readmit(boolean all, Set<String> names) {
        /** Nobody does. */
        public static final Readmit NONE = new Readmit(false, Set.of());

        public Readmit {
            names = Set.copyOf(names);
        }

        boolean has(String name) {
            return all || names.contains(name);
        }
    }

    /** The freshest copy, all of it, nothing skipped, nobody else let in, by whoever runs this process. */
    public static final PlanOptions DEFAULT = new PlanOptions(
            Optional.empty(),
            Tail.KEEP_ALL,
            Set.of(),
            System.getProperty("user.name", ""),
            "majority lost",
            Optional.empty(),
            Readmit.NONE,
            Set.of(),
            UNLIMITED);

    public PlanOptions {
        skipped = Set.copyOf(skipped);
        strangers = Set.copyOf(strangers);
        if (fetchBytesPerSecond < FetchRate.BYTES_PER_SECOND_MIN) {
            throw new IllegalArgumentException("fetchBytesPerSecond must be at least " + FetchRate.BYTES_PER_SECOND_MIN
                    + ": fetchBytesPerSecond=" + fetchBytesPerSecond + "; leave it out for no limit");
        }
    }

    /** Begins from another copy than the freshest. */
    public PlanOptions from(String label) {
        return new PlanOptions(
                Optional.of(label), tail, skipped, by, why, address, readmit, strangers, fetchBytesPerSecond);
    }

    /** Deals otherwise with the end of the journal. */
    public PlanOptions tail(Tail policy) {
        return new PlanOptions(source, policy, skipped, by, why, address, readmit, strangers, fetchBytesPerSecond);
    }

    /** Does without a source that cannot be looked at. */
    public PlanOptions skip(String label) {
        Set<String> more = new HashSet<>(skipped);
        more.add(label);
        return new PlanOptions(source, tail, more, by, why, address, readmit, strangers, fetchBytesPerSecond);
    }

    /** Who asks, and why. */
    public PlanOptions because(String who, String reason) {
        return new PlanOptions(source, tail, skipped, who, reason, address, readmit, strangers, fetchBytesPerSecond);
    }

    /**
     * The member that goes on listens elsewhere from then on: when its disk is in another host. It is started with that address, and the others find it there.
     *
     * @param newAddress {@code host:port}
     * @throws IllegalArgumentException it is not of that form
     */
    public PlanOptions at(String newAddress) {
        RemoteMember.checkAddress(newAddress);
        return new PlanOptions(
                source, tail, skipped, by, why, Optional.of(newAddress), readmit, strangers, fetchBytesPerSecond);
    }

    /**
     * Members come back by the plan alone: what they were before, voter or observer, is recorded with the beginning of the epoch, and as soon as one of them is there, opened
     * as before or with an empty directory, whoever leads lets it in as an observer, brings it up to date and gives it its vote again. It goes on after
     * any kill or change of the leader.
     *
     * <p>Who consents to the plan allows that: the copies that are sealed by it say so, and their members come back without {@link
     * io.metastore.api.MetaStore.Builder#rejoin}, into what this recovery began, for as long as the cluster waits for them, and into nothing else. What one of them has alone stays in its directory, as a branch.
     *
     * @param names of members of which there is a copy
     */
    public PlanOptions readmit(String... names) {
        Set<String> more = new HashSet<>(readmit.names());
        more.addAll(List.of(names));
        return new PlanOptions(
                source,
                tail,
                skipped,
                by,
                why,
                address,
                new Readmit(readmit.all(), more),
                strangers,
                fetchBytesPerSecond);
    }

    /** The same for every member of which there is a copy. */
    public PlanOptions readmitAll() {
        return new PlanOptions(
                source,
                tail,
                skipped,
                by,
                why,
                address,
                new Readmit(true, readmit.names()),
                strangers,
                fetchBytesPerSecond);
    }

    /**
     * Takes nobody for a member who listens where one did of which there is no copy: when the address was given to something else. Otherwise whoever is there is in the
     * way, as it may be the member.
     *
     * @param listener {@code host:port}, as the cluster knows it
     * @throws IllegalArgumentException it is not of that form
     */
    public PlanOptions stranger(String listener) {
        RemoteMember.checkAddress(listener);
        Set<String> more = new HashSet<>(strangers);
        more.add(listener);
        return new PlanOptions(source, tail, skipped, by, why, address, readmit, more, fetchBytesPerSecond);
    }

    /**
     * Fetches what a member of another process has more slowly, when something else needs the network.
     *
     * @param bytesPerSecond from 64 KiB
     * @throws IllegalArgumentException it is less
     */
    public PlanOptions fetchRate(long bytesPerSecond) {
        return new PlanOptions(source, tail, skipped, by, why, address, readmit, strangers, bytesPerSecond);
    }
}
