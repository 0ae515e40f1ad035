package io.metastore.api;

import java.util.List;
import java.util.Optional;

/**
 * The members of the cluster and the verbs that change them: one verb each, safe at any moment, visible while it runs.
 *
 * <p>A verb checks what was asked for, records it, and returns as soon as the record is committed by a majority of the voters; from then on the leader carries
 * it out, and a new leader goes on with it. {@link PendingOperation#await} waits for the end. Any member of the cluster may be asked. Reads and writes go on
 * throughout, but for the moment in which leadership changes hands; each change takes the membership from one safe state to the next, so a kill at any instant
 * leaves one of these. One operation runs at a time.
 *
 * <p>Every verb throws, besides what it says itself, {@link MembershipRefusedException} when a check fails (nothing was changed; the message has the arithmetic),
 * {@link UnavailableException} and {@link DeadlineExceededException} (nothing was recorded), {@link OutcomeUnknownException} when the deadline passed after it
 * was submitted (see {@link #operations} for whether it was recorded; asking again is safe), {@link StoreClosedException}, {@link StoreFailedException}, and
 * {@link ForbiddenThreadException} when called from a transaction body, a reader, a command handler or a callback of the store. The deadline is the store's,
 * see {@link MetaStore#withTimeout}; it covers the record, not the operation. Callable from any thread.
 *
 * <p>The port-less single member is a cluster of one that cannot grow: its verbs are refused. Open it with {@link MetaStore.Builder#member} to begin with one
 * member that can.
 */
public interface Cluster {

    /** Every member, as in {@link StoreStatus#members}: voters first, then by name. Waits at most a second for those that do not answer. */
    List<MemberStatus> members();

    /**
     * How many more voters may be lost while writes go on: the voters that answer now and are not far behind, this one among them, minus the majority of all
     * voters; never below 0. With three voters 1 while all answer, 0 when one does not, or is far behind, as after it was restarted: ask before the next one is
     * stopped. Far is more than 1,000 entries or more than 32 MiB of them, and for a member that has just been opened anything it had before, since it does not know
     * how much that is. 0 also when writes do not go on any more. While the voters are being changed, the smaller number of the old and the new ones. Waits
     * at most a second for members that do not answer.
     */
    int failureTolerance();

    /**
     * Adds a member with a vote. It comes in as an observer, gets what it lacks, and is given its vote when it has caught up, so the majority never depends on
     * a member that is behind. The process may be started before or after, with {@link MetaStore.Builder#join}; the operation waits for it. One that was started
     * before has asked for itself: then this is that operation, also when it is done.
     *
     * <p>When it fails or is cancelled before the vote was given, the member is out again, except one that was an observer before.
     *
     * @param name 1 to 64 letters, digits, '.', '-', '_'; the one it is started with
     * @param address host and port at which the others reach it, IPv6 in brackets
     * @throws IllegalArgumentException the name or the address is none
     */
    PendingOperation addVoter(String name, String address);

    /**
     * Adds a member without a vote. It is done when the member has caught up; it may be started before or after, with {@link MetaStore.Builder#join} and {@link
     * MetaStore.Builder#observer}.
     *
     * @param name as for {@link #addVoter}
     * @param address as for {@link #addVoter}
     * @throws IllegalArgumentException the name or the address is none
     */
    PendingOperation addObserver(String name, String address);

    /**
     * Gives an observer a vote, once it has caught up. One that does not answer is waited for, without a limit: the operation is {@link OperationState#PENDING} and
     * says so in its step, and no other one begins before it is over or {@link PendingOperation#cancel}led. Refused, and {@link OperationState#FAILED} when it
     * turns out later, when the voters that answer, the new one among them, would be no majority of one voter more.
     */
    PendingOperation promote(String name);

    /**
     * Takes the vote of a voter; it goes on as an observer with all its data. Refused when it leads, is the last voter, or the voters left that answer are no majority
     * of them.
     */
    PendingOperation demote(String name);

    /**
     * Takes a member out for good, alive or not. It keeps its directory, serves local reads in state {@link StoreState#REMOVED}, and never votes again; to come
     * back it is added with an empty directory. Refused when it leads, is the last voter, or the voters left that answer are no majority of them.
     */
    PendingOperation remove(String name);

    /**
     * Removes a member and skips the checks that protect availability: writes may have to wait afterwards for a voter that is behind, and a member that leads is
     * removed as soon as it has handed over. It never skips what protects acknowledged data: a majority of the voters has to answer, before it and afterwards, without
     * which it could not be committed; the last voter stays; and before the member is out a majority of the others has everything that was acknowledged. For
     * members that are gone while no quorum is left see the module metastore-recovery.
     */
    PendingOperation forceRemove(String name);

    /**
     * Lets the new incarnation of a member take the place of the old one: for a member that lost its directory and was started again with {@link
     * MetaStore.Builder#join}, its name and an empty directory. It comes in without a vote, gets everything from the others, and then has the role the old one
     * had. The old incarnation can never vote again, should its disk come back.
     *
     * <p>The new one may be started before or after. Refused while the old one answers, and when the other voters that answer are no majority.
     */
    PendingOperation replace(String name);

    /**
     * Makes a voter the leader, once it has all entries. Works while elections are paused. When the voter does not take over in time the leader stays and the
     * operation fails. Writes wait for a moment, none is lost.
     */
    PendingOperation transferLeadership(String name);

    /**
     * Makes the leader hand over to the voter that is best prepared; whoever is asked, it is about the leader. Works while elections are paused. Refused when no
     * other voter answers.
     */
    PendingOperation stepDown();

    /**
     * Takes this member out in good order: it waits until a majority of the others has caught up, hands over leadership, and is removed once they have everything it
     * has. Afterwards its state is {@link StoreState#REMOVED}; close it then. Others that are behind are waited for, without a limit: no other operation begins before
     * it is over or {@link PendingOperation#cancel}led. The other checks are those of {@link #remove}, but that it may lead. {@link PendingOperation#await}
     * returns at this member, too, once it is out.
     */
    PendingOperation leave();

    /**
     * Moves this member to another address: when this returns it listens at the new one, and the others learn of it within about a second. It still answers at
     * the old one until the cluster has recorded the new one and about ten more seconds have passed, or it moves again or is closed. The store stays open.
     *
     * <p>Works without a quorum, so also after all addresses have changed: an address is a hint where to look for a member, its identity is proven at every
     * contact. The operation is over when it is handed out, keeps nobody from another one, and is not kept from by one that is open. The cluster records it, and
     * the address, in {@link #operations}: before this returns when that is possible within two seconds; else as soon as there is a leader, and the operation
     * handed out has a negative id. So it is when the member listens there already. A move that failed is recorded too, for those that look at the others'
     * operations. When the next start names another address in {@link MetaStore.Builder#member} the same happens by itself.
     *
     * @param address host and port at which the others reach it from now on, IPv6 in brackets
     * @throws IllegalArgumentException the address is none
     * @throws AddressInUseException this host cannot listen there; it goes on at the old one
     */
    PendingOperation changeAddress(String address);

    /** Manual mode: pause and resume elections. Never blocks. */
    Elections elections();

    /**
     * Operations under way and over, jobs of members among them, newest first, as far as this member has applied; never blocks. At least the newest 100 that are
     * over are kept, across restarts and leader changes, and as many jobs.
     */
    List<Operation> operations();

    /**
     * How the epochs of this cluster began, newest first, as far as this member has applied; empty when it was never recovered. Each with what its recovery left behind, as
     * far as this member has read its own directory since it was opened, and as the others told last of theirs, see {@link StoreStatus#branches}. Never blocks.
     */
    List<EpochBeginning> lineage();

    /**
     * Whether a write is part of the cluster's history: asked afterwards, with the revision that the write returned, perhaps across recoveries in between. As far as
     * this member has applied; never blocks, needs no quorum.
     *
     * <p>{@link Fate.Kind#KEPT}:
     *
     * <ul>
     *   <li>the revision is of the epoch that goes on, and is applied here. In a cluster that was never recovered that is every applied write;
     *   <li>or its epoch ended, and the journal that the next epoch took over is known to have the entry: that of the same term at the same index, or a later one
     *       of that term.
     * </ul>
     *
     * <p>{@link Fate.Kind#LOST}: its entry is behind the last one that a later epoch took over; or the journal that was taken over has another entry at its index, or
     * cannot have one of its term there; or its epoch is not one of the history, since it was taken back or is another recovery's.
     *
     * <p>{@link Fate.Kind#UNKNOWN}: it is not applied here yet; or its epoch, or the beginning of this one, is not known here yet; or the journal was purged before
     * it was taken over, so that the term at its index is not known; or an epoch in between ended before its beginning was recorded.
     *
     * <p>A member that never heard of a recovery answers for the epoch it is in. Two recoveries of one cluster that each went on alone make two epochs of one
     * number; a receipt does not say of which it is, and is told apart only where terms or indexes differ.
     *
     * @param receipt what a write returned; a revision without a change names the one it found, and is about that write's entry
     */
    Fate fateOf(Revision receipt);

    /** One of {@link #operations}; empty when this member does not know it, or no longer. Never blocks. */
    Optional<Operation> operation(long id);

    /**
     * Takes an operation back, while that is safe: until its last change of the membership was submitted. Returns when that is durable; the operation is {@link
     * OperationState#CANCELLED} then, and a member it was adding is out again. A job that reads or writes a file ends without a file, within about a second,
     * whichever member it runs at, and its caller gets an {@link OperationFailedException}; a checkpoint is not taken back, others may wait for it too.
     *
     * @throws MembershipRefusedException with {@link MembershipRefusedException.Reason#CANNOT_CANCEL}: it is over, cannot be taken back any more, or is not known
     */
    void cancel(long id);
}
