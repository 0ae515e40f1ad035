package io.metastore.raft.internal.members;

import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;

/** Why a change of the membership must not be made now. */
public record Refusal(Reason reason, String message) {

    public MembershipRefusedException asException() {
        return new MembershipRefusedException(reason, message);
    }
}
