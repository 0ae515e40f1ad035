package io.metastore.api;

/**
 * A change of the membership was checked and not begun. Nothing was changed. The message gives the members and the arithmetic behind the refusal, and what to
 * do first; {@link #reason} is the same for programs.
 */
public final class MembershipRefusedException extends MetastoreException {

    /** Why it was refused, and what to do. */
    public enum Reason {
        /** Too few of the voters that would be left answer: bring members up first, or add one. */
        QUORUM_WOULD_BE_LOST,
        /** The member lacks acknowledged entries that the change relies on: wait until its lag is gone. */
        NOT_CAUGHT_UP,
        /** Another operation is under way, the message names it: wait for it or cancel it. */
        CHANGE_IN_PROGRESS,
        /** No member has that name. */
        UNKNOWN_MEMBER,
        /** A member has that name already: choose another, or {@link Cluster#replace} it. */
        DUPLICATE_NAME,
        /** A member has that address already. */
        DUPLICATE_ADDRESS,
        /** The member leads: {@link Cluster#transferLeadership} first. */
        TARGET_IS_LEADER,
        /** No voter would be left. */
        LAST_VOTER,
        /** What was asked for is so already: nothing to do. */
        ALREADY_SO,
        /** The member that is to be replaced answers: stop it first, or remove it. */
        MEMBER_ALIVE,
        /** The member to be added has data of another cluster: give it an empty directory. */
        OTHER_CLUSTER,
        /** The member has another cluster token: give it the same. */
        WRONG_TOKEN,
        /** The member that was asked is none of the cluster's: not taken in yet, removed, or a single member without a port. */
        NOT_A_MEMBER,
        /** The member has no vote and would need one: {@link Cluster#promote} it first. */
        NOT_A_VOTER,
        /** The operation is over, past the point where it can be taken back, or not known. */
        CANNOT_CANCEL,
        /** Nobody leads who could carry it out: bring up a majority of the voters, or resume elections. */
        NO_LEADER
    }

    private final Reason reason;

    /**
     * Refuses.
     *
     * @param message constant sentence, facts with the arithmetic, next step
     */
    public MembershipRefusedException(Reason reason, String message) {
        super("MEMBERSHIP_REFUSED", message, null);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
