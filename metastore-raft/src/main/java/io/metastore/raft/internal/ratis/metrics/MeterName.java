package io.metastore.raft.internal.ratis.metrics;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.metrics.MetricRegistryInfo;

/**
 * A meter's name and tags, from Ratis' habit of writing members into names.
 *
 * @param name {@code ratis.<component>.<what>} in lower case with dots
 * @param tags {@code member} and {@code group} as far as known, {@code peer} for a meter about another member
 */
record MeterName(String name, Map<String, String> tags) {
    private static final Pattern MEMBER = Pattern.compile("(?<member>.*)@(?<group>group-[0-9A-Fa-f]+)");
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
            tags.put("member", member.group("member"));
            tags.put("group", member.group("group"));
        } else {
            tags.put("member", registry.getPrefix());
        }
        String what = metric;
        String subject = "";
        Matcher follower = FOLLOWER.matcher(metric);
        Matcher peer = PEER.matcher(metric);
        if (follower.matches()) {
            subject = "follower.";
            what = follower.group("what");
            tags.put("peer", follower.group("peer"));
        } else if (peer.matches()) {
            what = peer.group("what");
            tags.put("peer", peer.group("peer"));
        }
        String name = registry.getApplicationName() + "." + dotted(registry.getMetricsComponentName()) + "." + subject
                + dotted(what);
        return new MeterName(name, tags);
    }

    private static String dotted(String name) {
        return HUMP.matcher(name).replaceAll(".").replace('_', '.').toLowerCase(Locale.ROOT);
    }
}
