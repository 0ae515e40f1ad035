package io.metastore.raft.internal.ratis.metrics;

import org.apache.ratis.metrics.MetricRegistries;

/** For the engine: takes back what Ratis leaves registered. Needs no Micrometer. */
public final class MemberMetrics {
    private MemberMetrics() {}

    /** Drops the meters of a closed member, named as Ratis does: {@code peer@group-…}. */
    public static void forget(String member) {
        if (MetricRegistries.global() instanceof RatisMetricRegistries ours) {
            ours.forget(member);
        }
    }
}
