package io.metastore.recovery.internal.intent;

import io.metastore.raft.offline.RecoveryAtOpen.Opening;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.recovery.internal.remote.MemberCheck;
import io.metastore.recovery.internal.remote.RemoteSteps;
import io.metastore.recovery.internal.reset.MemberSteps;
import io.metastore.recovery.internal.reset.ResetOrder;

/** Members of other processes that an intent seals, as whoever opens the directory reaches them. For one thread. */
interface Elsewhere {

    /** What is done with them. */
    MemberSteps steps();

    /**
     * Looks at those that are to be sealed; changes nothing.
     *
     * @throws io.metastore.api.RecoveryRefusedException one is not what it was when the order was written down, or does not answer
     */
    void check(ResetOrder order);

    /** With the token and the certificates that a store is opened with. */
    static Elsewhere reached(Intent intent, Opening opening) {
        RemoteSteps steps = new RemoteSteps(
                (address, cluster) -> RemoteMember.at(
                        address, opening.token().orElse(null), opening.tls().orElse(null), cluster, intent.within()),
                intent.within());
        return new Elsewhere() {
            @Override
            public MemberSteps steps() {
                return steps;
            }

            @Override
            public void check(ResetOrder order) {
                new MemberCheck(steps).bound(order);
            }
        };
    }
}
