package io.metastore.recovery;

import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.raft.remote.RemoteMember;
import io.metastore.recovery.RecoveryPlan.Absent;
import io.metastore.recovery.journal.LoggedMembership.Peer;
import io.metastore.recovery.survey.KnownMembership;
import io.metastore.snapshot.files.Identity;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Voters of which there is no copy. Whoever recovers from directories hears nobody, so it is looked whether somebody is where they listened: a majority of them that runs is
 * a cluster that lacks nothing, and fewer are members to be surveyed.
 */
final class Unseen {
    private final Survey survey;
    private final PlanOptions options;

    Unseen(Survey survey, PlanOptions options) {
        this.survey = survey;
        this.options = options;
    }

    /**
     * Where those listened that are to be looked for.
     *
     * @param missing as {@code name@incarnation}
     */
    List<Absent> of(List<String> missing) {
        Set<String> known = new HashSet<>(options.strangers());
        for (SurveyedCopy copy :
                survey.copies()) { // What is there is known, or was named as gone and is asked for by that.
            copy.identity().address().ifPresent(known::add);
            copy.origin().address().ifPresent(known::add);
        }
        options.address().ifPresent(known::add);
        return missing.stream()
                .flatMap(member -> listened(member).map(address -> new Absent(member, address)).stream())
                .filter(absent -> !known.contains(absent.address()))
                .toList();
    }

    /** As the copy with the newest membership has it; a member writes a move down before the journal has it. */
    private Optional<String> listened(String member) {
        return survey.copies().stream()
                .flatMap(copy -> copy.memberships().stream())
                .sorted(Comparator.comparingLong(KnownMembership::index)
                        .thenComparing(each -> each.origin() == KnownMembership.Origin.MEMBER)
                        .reversed())
                .flatMap(Unseen::peers)
                .filter(peer -> peer.id().equals(member))
                .map(Peer::address)
                .filter(address -> !address.isEmpty() && !address.equals(Identity.NO_ADDRESS))
                .findFirst();
    }

    private static Stream<Peer> peers(KnownMembership known) {
        return Stream.of(known.members().voters(), known.members().oldVoters()).flatMap(Collection::stream);
    }

    /**
     * Looks for them, all at once; blocks for seconds.
     *
     * @throws RecoveryRefusedException {@link Reason#MEMBER_ANSWERS}
     */
    static void check(List<Absent> absent) {
        List<String> occupied =
                RemoteMember.occupied(absent.stream().map(Absent::address).toList());
        List<Absent> there = absent.stream()
                .filter(each -> occupied.contains(each.address()))
                .toList();
        if (!there.isEmpty()) {
            throw new RecoveryRefusedException(
                    Reason.MEMBER_ANSWERS,
                    "voters that were not surveyed may be up, as somebody is where they listened: " + there
                            + "; nothing was changed; if a majority of the voters runs there is nothing to recover: start the others"
                            + " again, or replace them; if not, survey these too, running as Source.member (--member) or stopped as"
                            + " directories; if something else listens there by now, say so: PlanOptions.stranger (--stranger)");
        }
    }
}
