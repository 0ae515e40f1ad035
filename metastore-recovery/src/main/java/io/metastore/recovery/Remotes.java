package io.metastore.recovery;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.raft.remote.Reply;
import io.metastore.recovery.internal.remote.RemoteSteps;

/** Connects to members of other processes. */
final class Remotes {
    private Remotes() {}

    /**
     * Asks one that was said to be gone, whether it was or not.
     *
     * @throws RecoveryRefusedException {@link Reason#MEMBER_ANSWERS}
     */
    static void checkGone(String label, String address, Access access) {
        try (RemoteMember member = at(address, access, "")) {
            Reply reply = member.knock();
            if (reply.isAlive()) {
                throw new RecoveryRefusedException(
                        Reason.MEMBER_ANSWERS,
                        "a member answers that was said to be gone: source=" + label + " address=" + address
                                + (reply.why().isEmpty() ? "" : " because " + reply.why())
                                + "; nothing was changed; survey it, or stop it and survey its directory; if it is no member that"
                                + " listens there by now, leave the source out, and say so: PlanOptions.stranger (--stranger)");
            }
        }
    }

    /** Takes steps of recoveries with members that are reached so. */
    static RemoteSteps steps(Access access) {
        return new RemoteSteps((address, cluster) -> at(address, access, cluster), access.deadline());
    }

    /** @param cluster id it must be of; empty when that is not known */
    static RemoteMember at(String address, Access access, String cluster) {
        return RemoteMember.at(
                address, access.token().orElse(null), access.tls().orElse(null), cluster, access.deadline());
    }
}
