package io.metastore.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One member as the member that was asked sees it. Values of a member that does not answer are those last known, or -1.
 *
 * @param name the member
 * @param role what it does; {@link Role#VOTER} or {@link Role#OBSERVER} when it does not answer
 * @param joined whether the configuration of the cluster lists it, alive or not; false for one that asked to be taken in or was removed
 * @param alive whether it answered just now
 * @param silent how long it has not answered; zero while alive, null when it never did
 * @param term its term
 * @param applied last journal index contained in its state
 * @param lag how many entries it is behind the highest applied index seen; -1 when not known
 * @param lagTime how old its state is: the time since it had last applied all that was committed; zero when it has, null when not known
 * @param revision its revision number
 * @param image index of its newest image; -1 before the first
 * @param imageAge how old that is; null before the first
 * @param journalBytes size of its journal on disk
 * @param address where it listens; {@code -} for the port-less single member
 * @param version version of this library it runs
 * @param fingerprint of its state at {@code applied}, in hexadecimal; empty when not known
 * @param incarnation first 8 hexadecimal digits of what tells it from an earlier member of its name; empty when not known
 * @param started when its process opened the store, by its own clock; null when not known
 * @param lastError what went wrong there last, for people; empty when nothing did
 */
public record MemberStatus(
        String name,
        Role role,
        boolean joined,
        boolean alive,
        @Nullable Duration silent,
        long term,
        long applied,
        long lag,
        @Nullable Duration lagTime,
        long revision,
        long image,
        @Nullable Duration imageAge,
        long journalBytes,
        String address,
        String version,
        String fingerprint,
        String incarnation,
        @Nullable Instant started,
        String lastError) {

    public MemberStatus {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(fingerprint, "fingerprint");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(lastError, "lastError");
    }

    /** What a member does in its cluster. */
    public enum Role {
        LEADER,
        FOLLOWER,
        /** Asks for votes. */
        CANDIDATE,
        /** Replicates without a vote. */
        OBSERVER,
        /** Has a vote and does not answer. */
        VOTER,
        /** Does not take part yet. */
        STARTING,
        /** Asked to be taken into the cluster, see {@link StoreState#JOINING}. */
        JOINING,
        /** See {@link StoreState#RECOVERING}. */
        RECOVERING,
        /** See {@link StoreState#SUPERSEDED}. */
        SUPERSEDED,
        /** See {@link StoreState#READ_ONLY}. */
        READ_ONLY,
        /** Its journal does not run. */
        STOPPED,
        /** Stopped for good, see {@link StoreState#FAILED}. */
        FAILED,
        /** Stopped for good, see {@link StoreState#HALTED}. */
        HALTED,
        /** Was removed from the cluster, see {@link StoreState#REMOVED}. */
        REMOVED,
        CLOSED,
        /** Answers with something this build does not know. */
        UNKNOWN
    }
}
