package io.metastore.recovery;

import io.metastore.api.MemberStatus;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.api.StoreState;
import io.metastore.api.StoreStatus;
import io.metastore.raft.live.LiveMember;
import io.metastore.recovery.internal.remote.MemberLook;
import io.metastore.recovery.survey.CopyOrigin;
import java.util.List;

/** Asks the members that run who else answers: as long as there is a quorum, or a voter that was not surveyed, nothing may be recovered. */
final class Answering {
    private final Survey survey;
    private final List<String> risks;

    /** @param risks takes what else there is to know */
    Answering(Survey survey, List<String> risks) {
        this.survey = survey;
        this.risks = risks;
    }

    /**
     * Asks them.
     *
     * @return whether there was one that hears the others
     */
    boolean check() {
        boolean asked = false;
        for (SurveyedCopy copy : survey.copies()) {
            if (copy.origin().kind() == CopyOrigin.Kind.STORE) {
                asked |= check(copy.origin());
            } else if (copy.alive()) {
                asked |= check(copy, copy.origin().address().orElseThrow());
            }
        }
        return asked;
    }

    /** A member of another process. */
    private boolean check(SurveyedCopy copy, String address) {
        MemberLook look = Remotes.steps(survey.access())
                .look(address, copy.identity().clusterId().orElseThrow());
        look.leader().ifPresent(leader -> {
            throw MemberLook.quorumAlive(leader, look.member());
        });
        for (MemberLook.Other other : look.others()) {
            answers(
                    other.name() + "@" + other.incarnation(),
                    other.observer(),
                    "member=" + other.name() + " address=" + other.address() + " askedBy=" + look.member());
        }
        return !look.recovering();
    }

    private boolean check(CopyOrigin origin) {
        LiveMember member = LiveMember.at(origin.path())
                .orElseThrow(() -> new RecoveryRefusedException(
                        Reason.CHANGED_SINCE,
                        "no store of this process has the directory open any more: directory=" + origin.path()
                                + "; nothing was changed; survey again, as a directory"));
        if (member.state() == StoreState.RECOVERING) {
            return false; // By a recovery that was cut off: it hears nobody.
        }
        StoreStatus status = member.status();
        status.leader().filter(MemberStatus::alive).ifPresent(leader -> {
            throw MemberLook.quorumAlive(leader.name(), status.member());
        });
        status.members().forEach(each -> check(each, status));
        return true;
    }

    private void check(MemberStatus other, StoreStatus status) {
        if (!other.alive() || !other.joined()) {
            return;
        }
        String facts = "member=" + other.name() + " address=" + other.address() + " term=" + other.term() + " applied="
                + other.applied() + " askedBy=" + status.member();
        answers(other.name() + "@" + other.incarnation(), other.role() == MemberStatus.Role.OBSERVER, facts);
    }

    private void answers(String id, boolean observer, String facts) {
        if (isSurveyed(id)) {
            return;
        }
        if (observer) {
            risks.add("an observer answers that was not surveyed, it may hold more: " + facts);
            return;
        }
        throw new RecoveryRefusedException(
                Reason.MEMBER_ANSWERS,
                "a voter answers that was not surveyed: " + facts
                        + "; nothing was changed; stop it and add its directory to the sources, on this host or mounted");
    }

    private boolean isSurveyed(String begin) {
        return survey.copies().stream()
                .filter(copy -> copy.origin().isOwn())
                .flatMap(copy -> copy.id().stream())
                .anyMatch(id -> id.startsWith(begin));
    }
}
