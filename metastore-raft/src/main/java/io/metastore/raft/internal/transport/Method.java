package io.metastore.raft.internal.transport;

import org.jspecify.annotations.Nullable;

/** What one member can ask of another. The number is part of the wire format and is never used again for something else. */
public enum Method {
    /** Raft: append entries or heartbeat. */
    RAFT_APPEND(1),
    /** Raft: pre-vote and vote. */
    RAFT_VOTE(2),
    /** Raft: install snapshot, notification only. */
    RAFT_SNAPSHOT(3),
    /** Raft: start an election now (leadership transfer). */
    RAFT_START_ELECTION(4),
    /** Raft: read index. */
    RAFT_READ_INDEX(5),
    /** A journal batch from the proposer of another member, to be submitted by the leader. */
    FORWARD(16),
    /** The index that a linearizable read has to wait for, from the leader. */
    READ_INDEX(17),
    /** The current term of a voter; what a leader asks a majority before it serves a linearizable read. */
    CONFIRM_TERM(18),
    /** Who a member is and how it is doing; answered without leader and without quorum. */
    DESCRIBE(19),
    /** First contact while a cluster forms: names, incarnations, and whether the sender was already part of it. */
    HELLO(20),
    /** To be taken into the cluster; answered after the journal has it. */
    JOIN(25),
    /** Whether a leader of a term is gone: what a voter saw of it, and what the leader says itself. */
    LEADER_OPINION(21),
    /** Which images a member has. */
    IMAGE_LIST(22),
    /** What the files of one of its images are. */
    IMAGE_MANIFEST(23),
    /** Some bytes of a file of one of its images. */
    IMAGE_CHUNK(24),
    /** The same as {@link #IMAGE_LIST}, but that the member makes a newer image first when its newest is old. */
    IMAGE_RENEW(28),
    /** What a member has in its directory, for a recovery that is planned elsewhere; answered without leader and without quorum. */
    SURVEY(26),
    /** A step of a recovery that is carried out elsewhere. */
    RECOVERY(27);

    private static final @Nullable Method[] BY_NUMBER = new Method[256];

    static {
        for (Method method : values()) {
            BY_NUMBER[method.number] = method;
        }
    }

    private final int number;

    Method(int number) {
        this.number = number;
    }

    /** Number on the wire. */
    public int number() {
        return number;
    }

    /** The method with this number, or null when this version knows none. */
    public static @Nullable Method ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
