package io.metastore.api;

/**
 * Manual mode: whether members may elect a leader by themselves. For work on hosts or networks during which leadership must not wander.
 *
 * <p>The setting is replicated and durable: it holds for all members, and until {@link #resume}, restarts included. While paused, the leader goes on leading
 * and {@link Cluster#transferLeadership} and {@link Cluster#stepDown} work; <b>when the leader is lost nobody takes over</b>, and writes wait until it is back
 * or elections are resumed. That state is a finding of {@link MetaStore#health}. Callable from any thread.
 */
public interface Elections {

    /**
     * Stops members from standing for election. Does nothing when they are paused already.
     *
     * <p>Durable on a majority of the voters when it returns. A member that could not be reached learns of it as soon as it hears from the leader.
     *
     * @throws MembershipRefusedException this member is none of the cluster's
     * @throws UnavailableException there is no leader or no quorum; nothing was changed
     * @throws OutcomeUnknownException the deadline passed after it was submitted; call it again, or see {@link #isPaused}
     */
    void pause();

    /**
     * Lets members elect a leader again. Does nothing when they may already.
     *
     * <p>With a quorum, durable on a majority when it returns. Without one, which is when a leader was lost meanwhile, this member begins to stand for
     * election, and the setting is changed for all as soon as somebody leads: call it on a voter that is up.
     *
     * @throws MembershipRefusedException this member is none of the cluster's, or has no vote and there is no leader
     * @throws UnavailableException nobody led within the deadline; members that can still try
     * @throws OutcomeUnknownException the deadline passed after it was submitted; call it again, or see {@link #isPaused}
     */
    void resume();

    /** Whether elections are paused, as far as this member has applied; never blocks. */
    boolean isPaused();
}
