package io.metastore.recovery.internal.reset;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;

/** What a recovery does with members of other processes. Blocks, each step for a deadline at most. */
public interface MemberSteps {

    /** For whoever has no way to reach one. */
    MemberSteps NONE = new MemberSteps() {
        @Override
        public void seal(MemberSeal member, ResetOrder order, Sealing.Promise promise) {
            throw unreachable(member.member(), member.address());
        }

        @Override
        public void lift(MemberSeal member, ResetOrder order) {
            throw unreachable(member.member(), member.address());
        }

        @Override
        public MemberJournal journal(MemberFetch fetch, ResetOrder order) {
            throw unreachable(fetch.member(), fetch.address());
        }

        private RecoveryRefusedException unreachable(String member, String address) {
            return new RecoveryRefusedException(
                    Reason.SOURCE_SILENT,
                    "members of other processes are not reached from here: member=" + member + " address=" + address);
        }
    };

    /**
     * Has it end its part in its epoch and promise, durably, to take none any more. To be repeated when it was cut off.
     *
     * @param order of the recovery
     * @param promise what it is to promise
     * @throws RecoveryRefusedException {@link Reason#SOURCE_SILENT} it did not answer in time, and may be sealed; otherwise it has refused and is as it was: {@link
     *     Reason#CHANGED_SINCE}, {@link Reason#SEALED} by another recovery, {@link Reason#QUORUM_ALIVE}, {@link Reason#OTHER_CLUSTER}, {@link
     *     Reason#MEMBER_ANSWERS} it cannot do it
     */
    void seal(MemberSeal member, ResetOrder order, Sealing.Promise promise);

    /**
     * Has it take that back; nothing when it promised nothing to this recovery.
     *
     * @throws RecoveryRefusedException {@link Reason#SOURCE_SILENT} it did not answer in time; {@link Reason#MEMBER_ANSWERS} it cannot do it
     */
    void lift(MemberSeal member, ResetOrder order);

    /**
     * Prepares to fetch its journal; asks nothing yet.
     *
     * @param order of the recovery that is to take it over
     */
    MemberJournal journal(MemberFetch fetch, ResetOrder order);
}
