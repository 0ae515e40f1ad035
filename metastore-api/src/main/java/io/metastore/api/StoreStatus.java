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
 */
public record StoreStatus(
        String clusterId,
        String member,
        StoreState state,
        String reason,
        Revision revision,
        int failureTolerance,
        List<MemberStatus> members) {

    public StoreStatus {
        if (failureTolerance < 0) {
            throw new IllegalArgumentException(
                    "failure tolerance cannot be below 0: failureTolerance=" + failureTolerance);
        }
        members = List.copyOf(members);
    }

    /** The member that leads, as far as the asked member sees it. */
    public Optional<MemberStatus> leader() {
        return members.stream()
                .filter(each -> each.role() == MemberStatus.Role.LEADER)
                .findFirst();
    }

    /** One line per member under a heading, columns aligned, for people. */
    public String toTable() {
        return StatusTable.render(members);
    }

    /** The same with more columns: whether it joined, incarnation, lag in time, start (UTC), last error. */
    public String toWideTable() {
        return StatusTable.renderWide(members);
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
        return map;
    }
}
