package io.metastore.raft.internal.members;

import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.raft.internal.engine.GroupMember;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What forbids a change of the voters. A change needs a majority of the voters before and after it, so one that leaves too few alive would never end; and
 * one whose majority relies on a voter that is far behind would stop writes until that has caught up.
 */
public final class Guards {

    private Guards() {}

    /**
     * Whether the voters may become these.
     *
     * @param what the change in words, for the message: {@code removing fe2}
     * @param wanted the voters afterwards
     * @param force skips the check for voters that are behind
     * @return null when they may
     */
    static @Nullable Refusal check(String what, Roster roster, List<GroupMember> wanted, boolean force) {
        if (wanted.isEmpty()) {
            return new Refusal(
                    Reason.LAST_VOTER,
                    "no voter would be left: " + what + " with " + roster.voterCount()
                            + "; add or promote another voter first");
        }
        Refusal now = checkAlive(what, roster, roster.voters(), "");
        if (now != null) {
            return now;
        }
        Refusal then = checkAlive(what, roster, wanted, " leaves");
        if (then != null || force) {
            return then;
        }
        int near = count(wanted, roster::isNear);
        if (near < majority(wanted)) {
            List<String> behind = new ArrayList<>();
            wanted.stream()
                    .filter(voter -> roster.isAlive(voter) && !roster.isNear(voter))
                    .forEach(voter -> behind.add(voter.name() + " by " + roster.behind(voter.name()) + " entries"));
            return new Refusal(
                    Reason.NOT_CAUGHT_UP,
                    "writes would have to wait for a voter that is behind: " + what + " with " + roster.voterCount()
                            + " leaves " + near + " of " + wanted.size() + " caught up, " + majority(wanted)
                            + " are needed; behind: " + String.join(", ", behind)
                            + "; wait until they lack no more than "
                            + Roster.NEAR_ENTRIES + " entries and " + (Roster.NEAR_BYTES >> 20) + " MiB");
        }
        return null;
    }

    private static @Nullable Refusal checkAlive(String what, Roster roster, List<GroupMember> voters, String leaves) {
        int alive = count(voters, roster::isAlive);
        if (alive >= majority(voters)) {
            return null;
        }
        return new Refusal(
                Reason.QUORUM_WOULD_BE_LOST,
                (leaves.isEmpty() ? "there is no majority to decide it: " : "the voters left would be no majority: ")
                        + roster.voterCount() + ": " + what + (leaves.isEmpty() ? " finds " : leaves + " ") + alive
                        + " of " + voters.size() + " alive, " + majority(voters)
                        + " are needed; bring voters up or add one first");
    }

    private static int count(List<GroupMember> voters, Predicate<GroupMember> which) {
        return (int) voters.stream().filter(which).count();
    }

    static int majority(List<GroupMember> voters) {
        return voters.size() / 2 + 1;
    }
}
