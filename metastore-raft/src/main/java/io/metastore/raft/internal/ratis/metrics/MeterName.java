package io.metastore.raft.internal.ratis.metrics;

import io.metastore.raft.internal.engine.GroupMember;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.metrics.MetricRegistryInfo;

/**
 * A meter's name and tags, from Ratis' habit of writing members into names.
 *
 * <p>Members go by their names, as in the meters of the store itself, so that both can be looked at together. What tells one life of a member from another has a tag of
 * its own: while a member is replaced there are meters of both.
 *
 * @param name {@code ratis.<component>.<what>} in lower case with dots
 * @param tags {@code member}, {@code incarnation} and {@code group} as far as known, {@code peer} and {@code peer.incarnation} for a meter about another member
 */
record MeterName(String name, Map<String, String> tags) {
    private static final Pattern MEMBER = Pattern.compile("(?<member>.*)@(?<group>group-[0-9A-Fa-f]+)");
    /** As {@link GroupMember#id} has it; eight digits are enough to tell two apart. */
    private static final Pattern LIFE = Pattern.compile(GroupMember.SEPARATOR + "(?<brief>[0-9a-f]{8})-[0-9a-f-]+$");

    private static final Pattern FOLLOWER =
            Pattern.compile("follower_(?<peer>.+)_(?<what>next_index|match_index|rpc_response_time)");
    private static final Pattern PEER =
            Pattern.compile("(?<peer>.+)_(?<what>peerCommitIndex|lastHeartbeatElapsedTime)");
    private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

    MeterName {
        tags = Map.copyOf(tags);
    }

    static MeterName of(MetricRegistryInfo registry, String metric) {
        Map<String, String> tags = new TreeMap<>();
        Matcher member = MEMBER.matcher(registry.getPrefix());
        if (member.matches()) {
            tags.putAll(member(member.group("member"), "member", "incarnation"));
            tags.put("group", member.group("group"));
        } else {
            tags.putAll(member(registry.getPrefix(), "member", "incarnation"));
        }
        String what = metric;
        String subject = "";
        Matcher follower = FOLLOWER.matcher(metric);
        Matcher peer = PEER.matcher(metric);
        if (follower.matches()) {
            subject = "follower.";
            what = follower.group("what");
            tags.putAll(member(follower.group("peer"), "peer", "peer.incarnation"));
        } else if (peer.matches()) {
            what = peer.group("what");
            tags.putAll(member(peer.group("peer"), "peer", "peer.incarnation"));
        }
        String name = registry.getApplicationName() + "." + dotted(registry.getMetricsComponentName()) + "." + subject
                + dotted(what);
        return new MeterName(name, tags);
    }

    /** Of an id in the group. A tag that one meter of a name has every one has to have, so one without an incarnation says so. */
    private static Map<String, String> member(String id, String name, String incarnation) {
        Matcher life = LIFE.matcher(id);
        return life.find()
                ? Map.of(name, GroupMember.nameOf(id), incarnation, life.group("brief"))
                : Map.of(name, id, incarnation, "none");
    }

    private static String dotted(String name) {
        return HUMP.matcher(name).replaceAll(".").replace('_', '.').toLowerCase(Locale.ROOT);
    }
}
