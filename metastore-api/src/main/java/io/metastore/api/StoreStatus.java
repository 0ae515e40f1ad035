package io.metastore.api;

import io.metastore.api.internal.StatusTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store and its members at one moment, as the asked member sees them. Immutable.
 *
 * @param clusterId identifies the cluster
 * @param member the member that was asked
 * @param state what it can do
 * @param reason why it cannot do more; empty when serving
 * @param revision its revision
 * @param failureTolerance how many more voters may be lost while writes go on, see {@link Cluster#failureTolerance}
 * @param members every member, voters first, then by name
 * @param branches entries that recoveries left behind, as members that answer keep them in their directories: those of the asked member first, the newest epoch first. What
 *     former epochs left is read once, beside everything else, after a member was opened; until then, and without metastore-recovery on its class path, what it keeps is
 *     not among them, which {@code undecided} says. What was overwritten without a recovery never is, see {@link KeptBranch}
 * @param undecided what cannot be told of what was left behind, a sentence each
 */
public record StoreStatus(
        String clusterId,
        String member,
        StoreState state,
        String reason,
        Revision revision,
        int failureTolerance,
        List<MemberStatus> members,
        List<KeptBranch> branches,
        List<String> undecided) {

    public StoreStatus {
        if (failureTolerance < 0) {
            throw new IllegalArgumentException(
                    "failure tolerance cannot be below 0: failureTolerance=" + failureTolerance);
        }
        members = List.copyOf(members);
        branches = List.copyOf(branches);
        undecided = List.copyOf(undecided);
    }

    /** One of a cluster in which nothing was left behind. */
    public StoreStatus(
            String clusterId,
            String member,
            StoreState state,
            String reason,
            Revision revision,
            int failureTolerance,
            List<MemberStatus> members) {
        this(clusterId, member, state, reason, revision, failureTolerance, members, List.of(), List.of());
    }

    /** The member that leads, as far as the asked member sees it. */
    public Optional<MemberStatus> leader() {
        return members.stream()
                .filter(each -> each.role() == MemberStatus.Role.LEADER)
                .findFirst();
    }

    /** One line per member under a heading, columns aligned, then one for each branch and what is not known of them, for people. */
    public String toTable() {
        return StatusTable.render(members) + leftBehind();
    }

    /** The same with more columns: whether it joined, incarnation, lag in time, start (UTC), last error. */
    public String toWideTable() {
        return StatusTable.renderWide(members) + leftBehind();
    }

    private String leftBehind() {
        StringBuilder text = new StringBuilder();
        branches.forEach(each -> text.append("left behind: ").append(each).append('\n'));
        undecided.forEach(each -> text.append("not known: ").append(each).append('\n'));
        return text.toString();
    }

    /** The same as plain values, for programs: strings, numbers, booleans, lists and maps in a fixed order. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("clusterId", clusterId);
        map.put("member", member);
        map.put("state", state.name());
        map.put("reason", reason);
        map.put("revision", revision.number());
        map.put("failureTolerance", failureTolerance);
        map.put("members", members.stream().map(StatusTable::toMap).toList());
        map.put("branches", branches.stream().map(KeptBranch::toMap).toList());
        map.put("undecided", undecided);
        return map;
    }
}
